import { pageLinks } from "../../src/checks/page-links.ts";
import { describe, expect, it } from "vitest";
import { runCheck, webServer } from "../helpers/checks.ts";

describe("a links check", () => {
  it("goes breadth first, stays on its origin, asks each page once, and follows redirects and assets", async () => {
    const asked: string[] = [];
    const elsewhere = await webServer((request, response) => {
      asked.push(`elsewhere ${request.url}`);
      response.end();
    });
    const pages: Readonly<Record<string, string>> = {
      "/": `<a href="/a">a</a> <a href="b/#top">b</a> <a href="b/#end">b</a> <a href="${elsewhere}/x">x</a>
            <a href="mailto:ann@example.com">m</a> <a href="http://[broken">y</a> <img src="pic.png"><link rel="stylesheet" href="style.css">
            <link rel="preconnect" href="/preconnect"><script>"<a href='/in-a-script'>"</script><!-- <a href="/in-a-comment"> -->`,
      "/a": '<base href="/deep/"><a href="c">c</a>',
      "/b/": "<a href='/'>home</a><a href=/moved>moved</a>",
      "/deep/c": "the end",
      "/pic.png": "",
      "/style.css": "",
      "/target": "",
    };
    const baseUrl = await webServer((request, response) => {
      asked.push(request.url ?? "");
      if (request.url === "/moved") return response.writeHead(302, { location: "/target" }).end();
      const page = pages[request.url ?? ""];
      return response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html" }).end(page);
    });
    expect(await runCheck("{ type: links }", { baseUrl })).toBe("passed: 8 links, all of them answer");
    expect(asked).toEqual(["/", "/a", "/b/", "/pic.png", "/style.css", "/deep/c", "/moved", "/target"]);
  });

  it("names what is broken and where it is linked from, and looks at no more than it is told", async () => {
    const baseUrl = await webServer((request, response) => {
      const number = Number(/\d+/.exec(request.url ?? "")?.[0] ?? 0);
      if (number % 2 === 1) return response.writeHead(number === 1 ? 500 : 410).end();
      if (number === 4) return response.destroy();
      const links = Array.from({ length: 200 }, (_, index) => `<a href="/${number + index + 1}">x</a>`);
      return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(links.join(""));
    });
    expect(await runCheck("{ type: links, links: 5 }", { baseUrl })).toBe(
      "failed: /1 answers 500 (linked from /); /3 answers 410 (linked from /); " +
        "/4 does not answer: the connection was closed without an answer (linked from /) (5 links seen)",
    );
    expect(await runCheck("{ type: links, links: 5, ignore: ['/1', '/3', '/4', '/[5-9]'] }", { baseUrl })).toMatch(
      /^failed: .*\(5 links seen\)$/,
    );
    expect(await runCheck("{ type: links, links: 30 }", { baseUrl })).toMatch(/; and \d+ more \(30 links seen\)$/);
  });

  it("ends with its time, and does not call that a success", async () => {
    const baseUrl = await webServer((request, response) => {
      response.setHeader("content-type", "text/html");
      const next = Number((request.url ?? "").slice(1)) + 1;
      setTimeout(() => response.end(`<a href="/${next}">next</a>`), 20);
    });
    expect(await runCheck("{ type: links, links: 10000, timeout: 300ms }", { baseUrl })).toMatch(
      /^failed: .*(time was over after \d+ links|no answer within)/,
    );
  });
});

describe("the links of a page", () => {
  it("are found in a megabyte of tags that never end, in attributes with entities, and not in comments, scripts or titles", async () => {
    const nested = "<div><p><b>".repeat(100_000);
    const page = `${nested}<a HREF='/x?a=1&amp;b=2#top'><img SRC=/y.png src=/z.png><title><a href=/title></title>
      <!-- <a href=/comment> --><script>"<a href='/script'>"</script><textarea><a href=/text></textarea><a href="/last"`;
    const cpu = process.cpuUsage();
    const links = await pageLinks(page, new URL("http://shop.example/"));
    expect(links.map(({ href }) => href)).toEqual(["http://shop.example/x?a=1&b=2", "http://shop.example/y.png"]);
    // The parser with a stack of open tags took fifty seconds of CPU.
    expect(process.cpuUsage(cpu).user / 1e6).toBeLessThan(5);
  });
});
