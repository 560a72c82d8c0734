import { html } from "./html.ts";
import type { Shown } from "./page.ts";

/** Why somebody could not sign in, with advice. */
export interface SignInProblem {
  readonly title: string;
  readonly hint: string;
}

/** The only page that a stranger sees. @param back the page that was asked for. */
export function signInPage(back: string, problem: SignInProblem | undefined): Shown {
  const refused =
    problem === undefined
      ? ""
      : html`<div class="notice notice-bad" role="alert">
          <p><strong>${sentence(problem.title)}</strong></p>
          <p>${problem.hint}</p>
        </div>`;
  return {
    title: "Sign in",
    section: "",
    main: html`<div class="sign-in">
      <h1>Sign in</h1>
      ${refused}
      <form method="post" action="/sign-in">
        <input type="hidden" name="to" value="${back}" />
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          spellcheck="false"
          autocapitalize="off"
          required
          autofocus
          aria-describedby="token-help"
        />
        <p id="token-help" class="help">
          It begins with <code>frz_</code>. On the host,
          <code>fraisier token create --name ann --scope deploy</code> makes one; the scope <code>read</code> only
          looks.
        </p>
        <button class="primary" type="submit">Sign in</button>
      </form>
    </div>`,
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
