// The editor of a cell: CodeMirror with Python's colours, completion of names, and the line of an error marked.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python, pythonLanguage } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword, tags.moduleKeyword], color: "var(--keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
  { tag: [tags.comment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: "var(--defined)" },
]);

const mark = StateEffect.define();
const marked = StateField.define({
  create: () => Decoration.none,
  update(lines, { docChanged, effects, state }) {
    for (const effect of effects) {
      if (!effect.is(mark)) continue;
      const line = effect.value;
      if (!line || line > state.doc.lines) return Decoration.none;
      return Decoration.set([Decoration.line({ class: "wrong" }).range(state.doc.line(line).from)]);
    }
    return docChanged ? Decoration.none : lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// complete: returns the names that can complete what is typed. run, runOn, leave: called by keys. change: called on every change.
export function makeEditor(place, code, { label, complete, run, runOn, leave, change }) {
  const names = async (context) => {
    const word = context.matchBefore(/[\w.]+/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const found = await complete(word.text);
    const from = word.from + word.text.lastIndexOf(".") + 1;
    return found.length ? { from, options: found.map((name) => ({ label: name })), validFor: /^\w*$/ } : null;
  };
  const does = (action) => () => { action(); return true; };
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: code,
      extensions: [
        keymap.of([
          { key: "Shift-Enter", run: does(runOn) }, { key: "Mod-Enter", run: does(run) }, { key: "Tab", run: acceptCompletion },
          { key: "Escape", run: does(leave) },
        ]),
        lineNumbers(), history(), drawSelection(), indentOnInput(), indentUnit.of("    "), bracketMatching(), closeBrackets(),
        python(), pythonLanguage.data.of({ autocomplete: names }), autocompletion(), syntaxHighlighting(COLOURS), marked,
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.updateListener.of(({ docChanged }) => { if (docChanged) change(); }),
      ],
    }),
  });
  return {
    get code() { return view.state.doc.toString(); },
    set code(text) { view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }); },
    focus: () => view.focus(),
    markLine: (line) => view.dispatch({ effects: mark.of(line) }),
  };
}
