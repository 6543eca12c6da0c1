// What the page says, in the language in use. The English is in the scripts and in index.html; the other languages come
// with the documents, sentence by sentence.

let words = {};

export const say = (english, fields = {}) => (words[english] ?? english).replace(/\{(\w+)\}/g, (_, name) => fields[name]);

const SPOKEN = ["title", "aria-label"];
const english = new WeakMap(); // the English text of each text node and element of index.html

// Say everything in this language from now on, including the text of index.html.
export function speak(language, known) {
  words = known;
  document.documentElement.lang = language;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.parentElement.closest("script, pre, [translate=no], #sheet, #documents, #emblem, #language") && text.data.trim()) {
      if (!english.has(text)) english.set(text, text.data);
      text.data = english.get(text).replace(/\S.*\S|\S/s, (found) => say(found));
    }
  }
  for (const element of document.body.querySelectorAll("[title], [aria-label]")) {
    if (!english.has(element)) english.set(element, SPOKEN.map((name) => element.getAttribute(name)));
    SPOKEN.forEach((name, k) => { if (english.get(element)[k]) element.setAttribute(name, say(english.get(element)[k])); });
  }
}

export const known = () => words;
