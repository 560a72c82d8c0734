import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { strangersText } from "../parts/strangers-text.ts";

/** The values of a form, by the names of its fields. */
export type Values = Readonly<Record<string, string>>;

/** A thing that a person can do from a page. */
export interface Act {
  /** The name of the action in src/actions. */
  readonly verb: string;
  /** The fields that name the target, the deployment or the delivery. The address of the page has their values, and the person confirms them. */
  readonly about: readonly string[];
  /** The fields that the person fills in. */
  readonly fields: readonly Field[];
  readonly button: string;
  /** Whether people regret it if they did it by mistake: then its button is red. */
  readonly isGrave: boolean;
  title(values: Values): Html;
  /** A sentence that says what will happen. */
  readonly lead: string;
}

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly isRequired: boolean;
}

const reason: Field = {
  name: "reason",
  label: "Reason",
  help: "It is recorded beside your name.",
  isRequired: false,
};
const override: Field = {
  name: "override",
  label: "Override a lock or a freeze, because",
  help: "Leave it empty to wait for the end of a lock or a freeze window.",
  isRequired: false,
};

/** Everything that pages can do. */
export const ACTS: readonly Act[] = [
  {
    verb: "deploy",
    about: ["target"],
    fields: [
      {
        name: "ref",
        label: "Branch or tag",
        help: "If it is empty, the newest commit of the target's own branch is deployed.",
        isRequired: false,
      },
      { name: "revision", label: "Commit", help: "A hash, or its first 7 digits or more.", isRequired: false },
      reason,
      override,
    ],
    button: "Deploy",
    isGrave: false,
    title: ({ target = "" }) => html`Deploy ${strangersText(target)}`,
    lead: "It is queued at once, and runs as soon as the target is free.",
  },
  {
    verb: "rollback",
    about: ["target"],
    fields: [
      {
        name: "to_deployment",
        label: "Back to",
        help: "Without a choice, fraisier goes back to the newest one that held before the one that runs.",
        isRequired: false,
      },
      reason,
      override,
    ],
    button: "Roll back",
    isGrave: true,
    title: ({ target = "" }) => html`Roll ${strangersText(target)} back`,
    lead: "The earlier release is made live again. Pushes do not bring the present revision back until the target is resumed or a newer push comes.",
  },
  {
    verb: "promote",
    about: ["from", "to"],
    fields: [reason, override],
    button: "Promote",
    isGrave: false,
    title: ({ from = "", to = "" }) => html`Promote ${strangersText(from)} to ${strangersText(to)}`,
    lead: "The revision that runs in the first environment is deployed to the second one.",
  },
  {
    verb: "cancel",
    about: ["deployment"],
    fields: [],
    button: "Cancel the deployment",
    isGrave: true,
    title: ({ deployment = "" }) => html`Cancel deployment <code>${deployment}</code>`,
    lead: "If it waits, it leaves the queue. If it runs, it stops, and what it has changed is taken back.",
  },
  {
    verb: "lock",
    about: ["target"],
    fields: [{ ...reason, help: "People who wait want to know it.", isRequired: true }],
    button: "Lock",
    isGrave: false,
    title: ({ target = "" }) => html`Lock ${strangersText(target)}`,
    lead: "Deployments wait until the lock is taken away. A deployment that runs goes on.",
  },
  {
    verb: "unlock",
    about: ["target"],
    fields: [reason],
    button: "Unlock",
    isGrave: false,
    title: ({ target = "" }) => html`Unlock ${strangersText(target)}`,
    lead: "A deployment that waits for the lock starts at once.",
  },
  {
    verb: "resume",
    about: ["target"],
    fields: [reason],
    button: "Resume",
    isGrave: false,
    title: ({ target = "" }) => html`End the hold of ${strangersText(target)}`,
    lead: "The revision that was rolled back may be deployed again, also by a push.",
  },
  {
    verb: "replay",
    about: ["delivery"],
    fields: [],
    button: "Replay",
    isGrave: false,
    title: ({ delivery = "" }) => html`Replay delivery <code>${delivery}</code>`,
    lead: "The delivery is decided again, as if the forge had just sent it.",
  },
];
