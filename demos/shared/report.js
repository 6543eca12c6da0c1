// A film's slider shows one of its frames; the caption of a frame is its image's alt text.
for (const slider of document.querySelectorAll(".film input")) {
  const frames = slider.closest("figure").querySelectorAll("a");
  slider.addEventListener("input", () => {
    frames.forEach((frame, k) => { frame.hidden = k !== slider.valueAsNumber; });
    slider.nextElementSibling.textContent = frames[slider.valueAsNumber].firstElementChild.alt;
  });
}
