// --- The quiz ---

const seedOf = (text) => Math.max(0, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(Number(text)) || 0));
const asksAbout = (edges) => Boolean(state.quiz && state.quiz.question) && edges.includes(state.quiz.question.edge);
const asksPartials = () => Boolean(state.quiz && state.quiz.question) && state.quiz.question.edge >= 0;
const OFF = ["report", "inputs", "film"]; // parts of the page that would answer the question, or have nothing to do with it
const NAV = document.querySelector("nav");

function toggleQuiz() {
  if (!DATA.quiz || DATA.rounds) return;
  if (!state.quiz) return beginQuiz(DATA.seed || 0);
  endQuiz();
  goTo(0);
  $("quizzed").focus();
}

function beginQuiz(seed) {
  if (!DATA.quiz) return;
  pause();
  state.predict = state.asking = false;
  $("predicting").setAttribute("aria-pressed", false);
  $("predicting").disabled = true;
  reset();
  const rounds = DATA.rounds || null;
  state.quiz = new Quiz(DATA.quiz, rounds ? DATA.seed : seed, told, rounds);
  for (const id of OFF) hidden($(id), true);
  hidden(NAV, true);
  hidden($("questions"), false);
  hidden($("seed").parentElement, Boolean(rounds));
  $("seed").value = state.quiz.seed;
  $("quizzed").setAttribute("aria-pressed", true);
  showJudged("", false);
  hidden($("because"), true);
  showQuestion();
}

function endQuiz() {
  if (!state.quiz) return;
  state.quiz = null;
  state.chosen = -1;
  for (const id of OFF) hidden($(id), id === "film" && !FILM);
  hidden(NAV, false);
  hidden($("questions"), true);
  $("predicting").disabled = false;
  $("quizzed").setAttribute("aria-pressed", false);
}

function showQuestion() {
  // hide all gradients, as before the first edge, and mark in the drawing what is asked about
  const { question, rounds, round, asked, right } = state.quiz;
  if (rounds && question && DATA.graph !== rounds[round].graph) open(rounds[round]);
  const at = question ? rounds ? `question ${round + 1} of ${rounds.length}` : `question ${asked + 1}` : "That was the last question.";
  write($("count"), `${told(at)} ${asked ? `(${told(`score ${right} of ${asked}`)})` : ""}`.trim());
  hidden($("quizzing"), !question);
  write($("code"), asked ? told(`Your code, for your teacher: ${state.quiz.code()}`) : "");
  if (question) {
    write($("asked"), told(question.text));
    $("answer").value = "";
  }
  state.chosen = question && question.edge < 0 ? question.node : -1;
  stand(question ? 0 : EDGES);
  show();
  (question ? $("answer") : $("count")).focus();
}

function open(round) {
  // another graph: forget what was computed and drawn for the previous one
  Object.assign(DATA, { graph: round.graph, views: round.views, note: round.note });
  load(DATA.graph);
  state.closed = null;
  settle();
  draw();
  makeSliders();
}

function showJudged(words, right) {
  write($("judged"), words);
  $("judged").classList.toggle("right", right);
}

function answerQuestion() {
  const { right, words } = state.quiz.answer($("answer").value);
  showJudged(words, right);
  hidden($("because"), true);
  if (right) return showQuestion();
  $("answer").focus();
  $("answer").select();
}

function skipQuestion() {
  const { question } = state.quiz;
  const why = question.edge < 0 ? model.why(question.node) : [model.slope(question.edge)];
  showJudged(state.quiz.skip(), false);
  $("because").replaceChildren(...why.map((line) => html("div", {}, told(line))));
  hidden($("because"), false);
  showQuestion();
}
