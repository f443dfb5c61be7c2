/** The one stylesheet. System fonts and colours for light and dark; nothing is fetched from elsewhere. */
export const STYLE = `:root {
  color-scheme: light dark;
  --text: light-dark(#14171a, #e7e9ea);
  --quiet: light-dark(#536471, #9aa4ad);
  --back: light-dark(#f5f7f8, #101418);
  --card: light-dark(#ffffff, #191f24);
  --line: light-dark(#cfd9de, #38444d);
  --action: light-dark(#0f1419, #eff3f4);
  --on-action: light-dark(#ffffff, #0f1419);
  --good: light-dark(#00664a, #4fd3a5);
  --bad: light-dark(#a3152a, #ff8a98);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 1.0625rem/1.55 system-ui, sans-serif; }
main { max-width: 34rem; margin: 8vh auto 4rem; padding: 0 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; }
.card + .card { margin-top: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; }
p:last-child, form:last-child { margin-bottom: 0; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
.hint, footer { color: var(--quiet); font-size: .9375rem; }
input { width: 100%; font: inherit; color: inherit; background: var(--back); border: 1px solid var(--quiet); border-radius: .5rem; padding: .6rem .75rem; margin-bottom: 1rem; }
input.code { font-family: ui-monospace, monospace; letter-spacing: .05em; text-transform: uppercase; }
button, .button { display: inline-block; font: inherit; font-weight: 600; border: 1px solid var(--action); border-radius: 999px; padding: .6rem 1.4rem; background: var(--action); color: var(--on-action); text-decoration: none; cursor: pointer; }
a { color: inherit; }
a:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid #1d9bf0; outline-offset: 2px; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.bad[role=alert] { border-left: 4px solid currentColor; padding-left: .75rem; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
footer { margin-top: 1.5rem; text-align: center; }
`;
