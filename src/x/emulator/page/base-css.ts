/** Colours, type and controls that all pages of the sandbox share, for light and dark screens. */
export const BASE_CSS = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#14181f;--dim:#5a6472;--line:#d8dde4;--accent:#0f5fbf;--on-accent:#fff;--bubble:#e8eef6;--warn:#a3330b}
@media(prefers-color-scheme:dark){:root{--ground:#101418;--card:#181d23;--ink:#e8ecf1;--dim:#9aa6b4;--line:#2c343d;--accent:#6cb2ff;--on-accent:#08131f;--bubble:#232c36;--warn:#ff9d76}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.35rem;margin:0}
h2{font-size:1.05rem;margin:0 0 .5rem}
a{color:var(--accent)}
input,textarea,button,select{font:inherit;color:inherit}
input:not([type=radio]):not([type=checkbox]),textarea,select{width:100%;padding:.5rem .65rem;background:var(--ground);border:1px solid var(--line);border-radius:.5rem}
textarea{resize:vertical;min-height:3.2rem}
button{min-height:2.5rem;padding:.4rem 1.1rem;border:1px solid var(--accent);border-radius:1.25rem;background:var(--accent);color:var(--on-accent);font-weight:600;cursor:pointer}
button.quiet{background:none;color:var(--accent)}
button.link{min-height:0;padding:.1rem .3rem;border:0;border-radius:.25rem;background:none;color:var(--accent);font-weight:400}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
fieldset{border:1px solid var(--line);border-radius:.6rem;margin:0 0 1rem;padding:.5rem .8rem .8rem}
.choice{display:block;padding:.35rem 0}
.narrow{max-width:32rem;margin:2rem auto;padding:1.25rem;background:var(--card);border:1px solid var(--line);border-radius:.9rem}
.buttons{display:flex;gap:.6rem;flex-wrap:wrap}
`;
