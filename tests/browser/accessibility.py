"""What a program can tell of whether everybody can use a page: run in the browser, on what it shows.

Ours, since the project loads no package from npm. It looks for: sideways scrolling, controls
without a name, small targets, weak contrast, headings out of order, dangling references, a page
that does not say its language and direction. It cannot tell whether words make sense.
"""

from selenium.webdriver.chrome.webdriver import WebDriver

_AUDIT = r"""
const problems = [];
const say = (what, element) => problems.push(
  what + (element ? ": " + element.outerHTML.slice(0, 120).replace(/\s+/g, " ") : ""));
const isShown = (element) => {
  const box = element.getBoundingClientRect();
  return element.checkVisibility({visibilityProperty: true}) && box.width > 0 && box.height > 0;
};
const all = (selector) => [...document.querySelectorAll(selector)];
const nameOf = (element) => {
  const byId = (element.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent || "").join(" ");
  const labels = [...(element.labels || [])].map((label) => label.textContent).join(" ");
  const own = /^(BUTTON|A|SUMMARY)$/.test(element.tagName) ? element.textContent : "";
  return (byId || element.getAttribute("aria-label") || labels || own ||
          element.getAttribute("title") || "").trim();
};

// The page itself.
const root = document.documentElement;
if (!root.lang) say("no lang");
if (!/^(ltr|rtl)$/.test(root.dir)) say("no dir");
if (!document.title.trim()) say("no title");
if (!document.querySelector("main")) say("no main");
if (root.scrollWidth > root.clientWidth) say("scrolls sideways: " + root.scrollWidth);
all("body *").filter(isShown).forEach((element) => {
  const box = element.getBoundingClientRect();
  if (box.left < -0.5 || box.right > window.innerWidth + 0.5) say("sticks out", element);
  if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 &&
      getComputedStyle(element).overflowX !== "visible") say("is cut off", element);
});

// Names, references, targets.
const ids = all("[id]").map((element) => element.id);
ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => say("id stands twice: " + id));
["aria-labelledby", "aria-describedby", "for"].forEach((name) =>
  all("[" + name + "]").forEach((element) => element.getAttribute(name).split(/\s+/)
    .filter((id) => !document.getElementById(id)).forEach(() => say(name + " leads nowhere", element))));
all("img:not([alt])").forEach((element) => say("no alt", element));
all("a[href], button, input:not([type=hidden]), select, textarea, summary, iframe")
  .filter(isShown).forEach((element) => {
    if (!nameOf(element)) say("no name", element);
    if (element.tabIndex > 0) say("takes itself out of the order", element);
    const target = element.labels && element.labels[0] && /^(checkbox|radio)$/.test(element.type)
      ? element.labels[0] : element;
    const box = target.getBoundingClientRect();
    if (box.width < 44 || box.height < 44) say("smaller than a thumb: " + box.width + "×" + box.height, element);
  });
all("fieldset").forEach((element) => { if (!element.querySelector("legend")) say("no legend", element); });

// Headings.
const levels = all("h1, h2, h3, h4, h5, h6").filter(isShown).map((one) => Number(one.tagName[1]));
if (levels.filter((level) => level === 1).length !== 1 || levels[0] !== 1) say("h1 is not first and alone");
levels.forEach((level, at) => { if (at && level > levels[at - 1] + 1) say("a heading skips a level"); });

// Contrast of every text, on what lies behind it.
const parse = (text) => { const n = text.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const over = (top, under) => [0, 1, 2].map((at) => top[at] * top[3] + under[at] * (1 - top[3])).concat(1);
const behind = (element) => {
  const layers = [];
  for (let one = element; one; one = one.parentElement) {
    const color = parse(getComputedStyle(one).backgroundColor);
    if (color[3] > 0) layers.push(color);
    if (color[3] === 1) break;
  }
  const paper = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  return layers.reverse().reduce((under, top) => over(top, under), paper);
};
const light = (color) => {
  const [r, g, b] = color.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
all("body *").filter(isShown).forEach((element) => {
  const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!hasText || element.closest("option, [aria-hidden=true]")) return;
  const style = getComputedStyle(element), paper = behind(element);
  const pair = [light(over(parse(style.color), paper)), light(paper)].sort((a, b) => b - a);
  const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (ratio < 4.5) say("contrast " + ratio.toFixed(2), element);
});
return problems;
"""


def audit(browser: WebDriver) -> list[str]:
    """Return everything that is wrong with the page that the browser shows."""
    problems: list[str] = browser.execute_script(_AUDIT)
    return problems
