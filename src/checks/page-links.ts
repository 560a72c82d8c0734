/** Attributes that name something of a page that a browser would ask for, or a reader click. */
const LINKS: Readonly<Record<string, string>> = {
  a: "href",
  area: "href",
  link: "href",
  img: "src",
  script: "src",
  iframe: "src",
  source: "src",
};

/** Every link of an HTML page as a whole URL without its fragment, in the order of the page, each once. Links to no page (mailto:, data:) are left out. */
export async function pageLinks(html: string, page: URL): Promise<readonly URL[]> {
  // Loaded when first used: every command reads the list of checks, few follow links.
  const { Parser } = await import("htmlparser2");
  const found = new Map<string, URL>();
  let base = page;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === "base" && attributes["href"] !== undefined) base = URL.parse(attributes["href"], page.href) ?? base;
      const given = attributes[LINKS[name] ?? ""];
      // A `rel` of another kind is a hint to a browser (dns-prefetch, preconnect), not something that must answer.
      if (
        given === undefined ||
        (name === "link" && !/stylesheet|icon|manifest|preload/i.test(attributes["rel"] ?? ""))
      )
        return;
      const url = URL.parse(given.trim(), base.href);
      if (url === null || !/^https?:$/.test(url.protocol)) return;
      url.hash = "";
      found.set(url.href, url);
    },
  });
  parser.end(html);
  return [...found.values()];
}
