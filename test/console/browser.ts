/** A browser without a window: keeps cookies, fills in forms, does not follow redirects unless told to. */

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
  readonly headers: Headers;
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly redirect?: boolean;
}

export class Browser {
  readonly #origin: string;
  readonly cookies = new Map<string, string>();
  /** The `Set-Cookie` headers that came, as they were. */
  readonly setCookies: string[] = [];

  constructor(origin: string) {
    this.#origin = origin;
  }

  get(path: string, sending: Sending = {}): Promise<Answer> {
    return this.#send(path, { headers: { ...sending.headers } }, sending.redirect);
  }

  /** Opens the page, takes the token of its form, and sends the form as a browser would. */
  async submit(path: string, fields: Readonly<Record<string, string>>, sending: Sending = {}): Promise<Answer> {
    const token = /name="token" value="([^"]+)"/.exec((await this.get(path)).text)?.[1] ?? '';
    return this.post(path, { token, ...fields }, sending);
  }

  post(path: string, fields: Readonly<Record<string, string>>, sending: Sending = {}): Promise<Answer> {
    const headers = { origin: this.#origin, 'sec-fetch-site': 'same-origin', ...sending.headers };
    return this.#send(path, { method: 'POST', body: new URLSearchParams(fields), headers }, sending.redirect);
  }

  async #send(path: string, init: RequestInit, follow = true): Promise<Answer> {
    const url = new URL(path, this.#origin);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) } as Record<string, string> });
    for (const header of response.headers.getSetCookie()) {
      this.setCookies.push(header);
      const [, name, value, rest] = /^([^=]+)=([^;]*)(.*)$/s.exec(header)!;
      if (/max-age=0/i.test(rest!)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    const location = response.headers.get('location') ?? undefined;
    const text = await response.text();
    if (follow && location !== undefined && new URL(location, this.#origin).origin === this.#origin) return this.#send(location, {});
    return { status: response.status, text, location, headers: response.headers };
  }
}

/** Where the button of the sign-in page leads. */
export function signInUrlIn(page: string): string {
  const href = /<a class="button" href="([^"]+)" rel="noreferrer">Sign in with X/.exec(page)?.[1];
  if (href === undefined) throw new Error(`no way to X in ${page}`);
  return href.replaceAll('&amp;', '&');
}
