import { expect, it } from "vitest";
import { projectType } from "../../src/steps/build/project-type.ts";

it.each([
  [["package.json", "README.md"], "node"],
  [["pyproject.toml", "package.json"], "node, python"],
  [["index.html", "package.json"], "node"],
  [["index.html", "style.css"], "static"],
  [["Shop.csproj"], "dotnet"],
  [["README.md", "service.js"], undefined],
])("%j is a project of type %s", (names, type) => {
  expect(projectType(names)).toBe(type);
});
