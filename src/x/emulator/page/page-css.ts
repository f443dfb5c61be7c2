import { BASE_CSS } from './base-css.ts';

/** The style sheet of the sandbox's page: two columns where there is room, one on a phone. */
export const PAGE_CSS = `${BASE_CSS}
header{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.4rem 1.25rem;align-items:center;padding:.6rem 1rem;background:var(--card);border-bottom:1px solid var(--line)}
header label{display:flex;gap:.5rem;align-items:center;white-space:nowrap}
header input{max-width:12rem}
#live{margin-left:auto;color:var(--dim);font-size:.9rem}
main{display:grid;gap:1rem;max-width:72rem;margin:0 auto;padding:1rem}
nav a{margin-right:.8rem}
h2{scroll-margin-top:7rem}
@media(min-width:52rem){nav{display:none}main{grid-template-columns:minmax(0,3fr) minmax(0,2fr);align-items:start}}
.card{min-width:0;padding:1rem;background:var(--card);border:1px solid var(--line);border-radius:.9rem}
.wide{grid-column:1/-1}
form{display:grid;gap:.5rem;margin-bottom:1rem}
form .row{display:flex;gap:.6rem;align-items:center;flex-wrap:wrap}
form .row>input{flex:1 1 10rem;width:auto}
label{color:var(--dim);font-size:.9rem}
.problem{margin:0;color:var(--warn)}
.problem:empty,.answering:empty{display:none}
.answering{margin:0;font-size:.9rem}
.lead,.empty,.note,time{color:var(--dim);font-size:.85rem}
.lead{margin:0 0 .75rem}
.note{padding:.05rem .45rem;border:1px solid var(--line);border-radius:.6rem;white-space:nowrap}
ol{list-style:none;margin:0;padding:0}
.threads>li{padding:.6rem 0;border-top:1px solid var(--line)}
.threads>li:first-child{border-top:0}
.replies{margin-left:.4rem;padding-left:.9rem;border-left:3px solid var(--line)}
.replies>li{padding-top:.5rem}
.by{margin:0;overflow-wrap:anywhere}
.text{margin:.1rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.name{color:var(--accent);font-weight:600}
blockquote{margin:.3rem 0;padding:.3rem .7rem;border:1px solid var(--line);border-radius:.6rem;overflow-wrap:anywhere}
h3{margin:.9rem 0 .4rem;font-size:.95rem}
.bubbles{display:flex;flex-direction:column;gap:.45rem;max-height:26rem;overflow-y:auto}
.bubbles li{max-width:88%;padding:.4rem .75rem;background:var(--bubble);border-radius:.9rem}
.bubbles .theirs{align-self:flex-start;border-bottom-left-radius:.2rem}
.bubbles .mine{align-self:flex-end;border-bottom-right-radius:.2rem;background:none;border:1px solid var(--line)}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.25rem .5rem;text-align:left;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
td{white-space:nowrap}
thead th{color:var(--dim);font-weight:400}
tbody th{font-weight:400}
.calls{font-size:.85rem}
.calls li{padding:.2rem 0;overflow-wrap:anywhere}
summary{cursor:pointer;font-weight:600}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`;
