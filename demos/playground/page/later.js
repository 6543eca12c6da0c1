for (const script of document.querySelectorAll("script[type='text/plain']")) {
  const made = document.createElement("script");
  made.src = `data:text/javascript;charset=utf-8,${encodeURIComponent(script.textContent)}`;
  made.onload = () => { if ("plays" in document.documentElement.dataset) document.getElementById("play")?.click(); };
  document.body.append(made);
}
