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

/**
 * Every link of an HTML page as a whole URL without its fragment, in the order of the page, each once. Links to no page (mailto:, data:) are left out.
 * Tags are read one by one, without their nesting: a parser that keeps the open ones needs a minute for a page of a megabyte of them.
 */
export async function pageLinks(html: string, page: URL): Promise<readonly URL[]> {
  const found = new Map<string, URL>();
  let base = page;
  await eachTag(html, (name, attributes) => {
    const target = attributes.get("href");
    if (name === "base" && target !== undefined) base = URL.parse(target, page.href) ?? base;
    const given = attributes.get(LINKS[name] ?? "");
    // A `rel` of another kind is a hint to a browser (dns-prefetch, preconnect), not something that must answer.
    if (
      given === undefined ||
      (name === "link" && !/stylesheet|icon|manifest|preload/i.test(attributes.get("rel") ?? ""))
    )
      return;
    const url = URL.parse(given.trim(), base.href);
    if (url === null || !/^https?:$/.test(url.protocol)) return;
    url.hash = "";
    found.set(url.href, url);
  });
  return [...found.values()];
}

/** Calls `onTag` with each opening tag that could be a link, its name and its attributes in lower case, their entities decoded. */
async function eachTag(
  html: string,
  onTag: (name: string, attributes: ReadonlyMap<string, string>) => void,
): Promise<void> {
  // Loaded when first used: every command reads the list of checks, few follow links.
  const { Tokenizer } = await import("htmlparser2");
  let name = "";
  let attributes = new Map<string, string>();
  let attribute = "";
  let value = "";
  const nothing = (): void => {};
  const end = (): void => {
    if (name === "base" || name in LINKS) onTag(name, attributes);
    name = "";
  };
  const tokenizer = new Tokenizer(
    {},
    {
      onopentagname: (from, to) => {
        name = html.slice(from, to).toLowerCase();
        attributes = new Map();
      },
      onattribname: (from, to) => {
        attribute = html.slice(from, to).toLowerCase();
        value = "";
      },
      onattribdata: (from, to) => {
        value += html.slice(from, to);
      },
      onattribentity: (codePoint) => {
        value += String.fromCodePoint(codePoint);
      },
      // HTML takes the first of two attributes with one name.
      onattribend: () => {
        if (!attributes.has(attribute)) attributes.set(attribute, value);
      },
      onopentagend: end,
      onselfclosingtag: end,
      oncdata: nothing,
      onclosetag: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onend: nothing,
      onprocessinginstruction: nothing,
      ontext: nothing,
      ontextentity: nothing,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}
