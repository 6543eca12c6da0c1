// A sentence in the page's language, with its fields filled in. SENTENCES holds the translations.
const say = (english, fields = {}) => (SENTENCES[english] ?? english).replace(/\{(\w+)\}/g, (_, name) => fields[name]);
// A film's slider shows one of its frames; the caption of a frame is with its image.
for (const slider of document.querySelectorAll(".film input")) {
  const frames = slider.closest("figure").querySelectorAll("a");
  slider.addEventListener("input", () => {
    frames.forEach((frame, k) => { frame.hidden = k !== slider.valueAsNumber; });
    slider.nextElementSibling.textContent = frames[slider.valueAsNumber].firstElementChild.dataset.frame;
  });
}
// A prediction: the first known pair is the right answer, the others are wrong answers with a reason.
for (const form of document.querySelectorAll(".predict")) {
  const known = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(form.dataset.known), (c) => c.charCodeAt(0))));
  const [[answer, reason], ...slips] = known;
  const field = form.querySelector("input, select"), says = form.querySelector("output");
  const number = (text) => Number(text.replace(",", ".").replace("\u2212", "-"));
  const same = (guess, known) => guess === known || (guess.trim() !== "" && Math.abs(number(guess) - number(known))
    <= Math.max(1e-9, 0.005 * Math.max(Math.abs(number(guess)), Math.abs(number(known)))));
  const tell = (text, right) => { says.textContent = text; says.className = right ? "right" : "not-yet"; };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const guess = field.value;
    if (guess.trim() === "" || (field.tagName === "INPUT" && Number.isNaN(number(guess)))) {
      tell(say("Write down your answer first."), false);
    } else if (same(guess, answer)) {
      tell(say("Right: {answer}. {reason}", { answer, reason }), true);
    } else {
      const slip = slips.find(([wrong]) => same(guess, wrong));
      tell(slip ? say("Not {guess}: {why}.", { guess, why: slip[1] }) : say("Not {guess}. Try once more, or look at the answer.", { guess }), false);
    }
  });
  form.querySelector(".reveal").addEventListener("click", () => tell(say("It is {answer}. {reason}", { answer, reason }), true));
}
// What is wider than the window scrolls sideways; where there is more to the right, it fades out.
for (const box of document.querySelectorAll("figure > a, pre, .wide")) {
  const fade = () => box.classList.toggle("more", box.scrollWidth - box.clientWidth - box.scrollLeft > 1);
  box.addEventListener("scroll", fade);
  new ResizeObserver(fade).observe(box);
}
