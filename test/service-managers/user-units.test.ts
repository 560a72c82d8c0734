import { expect, it } from "vitest";
import { namedUsers } from "../../src/domain/named-users.ts";
import { userUnits } from "../../src/service-managers/user-units.ts";

it("the units of a command's user run fraisier's own program as that user, and only the service's user can reach them", () => {
  const [socket, service] = userUnits("app", "fraisier");
  expect([socket?.name, service?.name]).toEqual(["fraisier-as-app.socket", "fraisier-as-app@.service"]);
  expect(socket?.text).toMatch(/^ListenStream=\/run\/fraisier-as\/app\nSocketUser=fraisier\nSocketMode=0600$/m);
  expect(service?.text.match(/^(User|ExecStart|StandardInput)=.*$/gm)).toEqual([
    "User=app",
    "ExecStart=/usr/bin/env fraisier serve-command",
    "StandardInput=socket",
  ]);
  expect(service?.text).toMatch(/^NoNewPrivileges=yes\nCapabilityBoundingSet=$/m);
});

it("a name that could leave its line or its folder makes no unit", () => {
  for (const name of ["", "a b", "../x", "a/b", "a\nUser=root", "-x", "a%i", "1000"])
    expect(() => userUnits(name, "fraisier"), name).toThrow("is no name of a user");
  expect(() => userUnits("app", "x\ny")).toThrow("is no name of a user");
});

it("every user that the settings of a target name is found, but not that of a job's unit", () => {
  const settings = {
    user: "app",
    build: { command: "make", user: "builder" },
    database: { url: "x", user: "postgres" },
    verify: {
      checks: [
        { type: "command", user: "app" },
        { type: "sql", user: "reader" },
      ],
    },
    groups: [{ name: "web", user: "web" }],
    job: { user: "cron" },
    install: undefined,
  };
  expect(namedUsers(settings)).toEqual(["app", "builder", "postgres", "reader", "web"]);
});
