// A quiz about a graph: the questions, whether an answer is right, and which slip gives a wrong one. Nothing here needs
// a page, so it can be tested against Python: demos/practice/quizzes.py says the same at the prompt. Guess and short
// are defined before this.

// Numbers from 0 to 1, like those of picks() in questions.py.
function* picks(seed) {
  let state = (seed % 2147483646) + 1;
  for (let k = 0; ; k++) {
    state = (state * 48271) % 2147483647;
    if (k > 1) yield state / 2147483647;
  }
}

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

function checksum(text) {
  // as in questions.py
  let number = 2166136261;
  for (const byte of new TextEncoder().encode(text)) number = Math.imul(number ^ byte, 16777619) >>> 0;
  return [27, 22, 17, 12].map((shift) => LETTERS[(number >>> shift) & 31]).join("");
}

class Quiz {
  // rounds: the questions in order, each asked once; without rounds, questions are drawn for ever.
  // told: translates a sentence into the language of the page.
  constructor({ level, questions, tickets }, seed, told = (text) => text, rounds = null) {
    Object.assign(this, { level, questions, tickets, seed, told, rounds });
    this.numbers = picks(seed);
    this.asked = this.right = this.streak = this.round = 0;
    this.last = -1;
    this.next();
  }

  next() {
    this.attempts = 0;
    if (this.rounds) {
      this.round = this.asked;
      this.question = this.round < this.rounds.length ? this.rounds[this.round].quiz.questions[0] : null;
      return;
    }
    const others = this.tickets.filter((ticket) => ticket !== this.last);
    const some = others.length ? others : this.tickets;
    this.last = some[Math.floor(this.numbers.next().value * some.length)];
    this.question = this.questions[this.last];
  }

  answer(text) {
    // {right, words}: whether a number is right, to at least two digits; if not, which mistake gives it
    const { told, question } = this, guess = new Guess(text);
    if (guess.number !== guess.number) return { right: false, words: told("Type a number, or something like 3 * (1 - 0.5)") };
    if (guess.agrees(question.truth)) {
      const first = this.attempts === 0, number = short(question.truth);
      this.asked += 1;
      this.right += first;
      this.streak = first ? this.streak + 1 : 0;
      const words = told(first ? `right: ${question.slope} = ${number}.` : `right at attempt ${this.attempts + 1}: ${question.slope} = ${number}.`);
      this.next();
      return { right: true, words: `${words} ${this.score()}` };
    }
    if (guess.tooFew(question.truth)) return { right: false, words: told(`close: ${guess.text} is right as far as it goes, but give at least two digits.`) };
    this.attempts += 1;
    const again = told(this.attempts < 3 ? "Try once more." : "Try once more; Show has the answer, and where it comes from.");
    return { right: false, words: `${this.reason(guess)} ${again}` };
  }

  reason(guess) {
    const { told, question: { mistakes, slips } } = this;
    const fitting = mistakes.filter(([number]) => guess.agrees(number));
    if (fitting.length === 1) return told(`${guess.text} is what ${fitting[0][1]} gives: ${fitting[0][2]}.`);
    if (fitting.length) return told(`${guess.text} is what ${fitting.map(([, mistake, why]) => told(`${mistake} gives (${why})`)).join(told(" or "))}.`);
    const slip = slips.find(([number]) => guess.agrees(number));
    return told(`${guess.text} is not right: ${slip ? slip[1] : told("none of the usual mistakes gives it")}.`);
  }

  skip() {
    // give up: the answer is shown, and does not count as right
    const { slope, truth } = this.question;
    this.asked += 1;
    this.streak = 0;
    this.next();
    return `${this.told(`${slope} = ${short(truth)}.`)} ${this.score()}`;
  }

  score() {
    const { right, asked, streak } = this;
    return this.told(streak > 1 ? `${right} of ${asked}, ${streak} in a row.` : `${right} of ${asked}.`);
  }

  code() {
    // for a teacher, who reads it with decode() in Python
    const text = `${this.level}-${this.seed}-${this.right}of${this.asked}`;
    return `${text}-${checksum(text)}`;
  }
}
