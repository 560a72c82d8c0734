/**
 * The settings that a person enters at a forge so that its pushes reach fraisier, in the words that the forge's own pages use. `{url}` stands for the webhook's
 * URL, `{origin}` for its host alone, `{secret}` for the place of the secret on this machine. `{hook}` is fraisier's post-receive script, `{repository}` the
 * folder of a bare repository, `{name}` its name in fraises.yaml. `{secretFile}` is the file of its hook's secret, `{copySecret}` the command that makes that
 * file (empty if it is there already).
 */
export interface ForgeSetup {
  /** The word after `fraisier providers`: `gogs`. */
  readonly name: string;
  /** As its maker writes it: `Gogs`. */
  readonly product: string;
  /** The way through the forge's pages to the form. */
  readonly page: string;
  /** Labels and values of the form's fields, in their order. The secret stands in `secret`, not here. */
  readonly fields: readonly SetupField[];
  /** The content type of deliveries. */
  readonly contentType: string;
  /** The form's field for the secret, or the setting that holds it. */
  readonly secret: SetupField;
  /** Every event to tick, by its label; nothing else needs to be ticked. */
  readonly events: readonly string[];
  /** How the forge checks the certificate of fraisier's URL. */
  readonly tls: string;
  /** The reason why the forge does not call an address of the local network, and the setting that allows it. */
  readonly network: string;
  /** How to try it there, and the answer that is right. */
  readonly test: string;
  /** How a delivery is sent again. */
  readonly redeliver: string;
  /** How long the forge waits for an answer, and what it does after that. */
  readonly timeout: string;
  /** Limits of the forge that lose pushes without a word. */
  readonly notes: readonly string[];
  /** Commands to run on the host of the repository, for a forge without pages. */
  readonly commands: readonly string[];
}

interface SetupField {
  readonly label: string;
  readonly value: string;
}

/** The values that stand for the placeholders. */
export interface SetupPlaces {
  /** `https://deploy.example.com/webhook/github`. */
  readonly url: string;
  readonly secret: string;
  readonly hook: string;
  readonly repository: string;
  readonly name: string;
  readonly secretFile: string;
  readonly copySecret: string;
}

/** Whether the forge is elsewhere, and so must be told an address by which it reaches this machine. */
export function needsPublicUrl({ setup }: { readonly setup: readonly ForgeSetup[] }): boolean {
  return setup.every(({ commands }) => commands.length === 0);
}

/** Fills in every placeholder of these facts. */
export function filledIn(setup: ForgeSetup, given: SetupPlaces): ForgeSetup {
  const places: Readonly<Record<string, string>> = { ...given, origin: hostOf(given.url) };
  const fill = (value: unknown): unknown => {
    if (typeof value === "string")
      return value.replaceAll(/\{(\w+)\}/g, (whole, name: string) => places[name] ?? whole);
    // A command that is not needed is empty.
    if (Array.isArray(value)) return value.map(fill).filter((each) => each !== "");
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]));
    return value;
  };
  return fill(setup) as ForgeSetup;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
