// Python in a worker, and a spare worker next to it, so that an endless run can be ended and the next one need not wait.

import { say } from "./words.js";

// A page opened from a file may start a worker only from a data: URL, which must be short. So it holds only this, and
// the rest follows as a message. It is a module, because Python's loader is one.
const BOOT = `onmessage = async ({ data }) => {
  try {
    await import(URL.createObjectURL(new Blob([data.script], { type: "text/javascript" })));
    await begin(data);
  } catch (error) { postMessage({ died: String(error.message ?? error) }); }
};`;
const SILENT = 300; // seconds of silence after which a run is ended

export class Python {
  // load: returns a part by its name. tell: gets {state, share}: "loading", "ready", "busy", or "failed" with a reason.
  constructor(load, tell) {
    this.load = load;
    this.tell = tell;
    this.language = "en";
    this.queue = new Promise((done) => { this.begin = done; }); // requests made before Python is ready wait for it
    this.memory = 0;
  }

  async start() {
    try {
      let had = 0;
      const part = async (name) => {
        const bytes = await this.load(name);
        this.tell({ state: "loading", share: (had += 0.12) });
        return bytes;
      };
      const [script, program, library, sources, lock] = await Promise.all(
        ["worker.js", "python.wasm", "library.zip", "sources", "lock.json"].map(part));
      this.parts = {
        script, library, sources, lock: JSON.parse(new TextDecoder().decode(lock)), module: await WebAssembly.compile(program),
      };
      this.worker = await this.launch((share) => this.tell({ state: "loading", share }));
      this.tell({ state: "ready" });
      this.begin();
      setTimeout(() => { this.spare = this.launch(); }, 1500); // but not while the first cell runs
    } catch (error) {
      this.fail(error);
      this.begin();
    }
  }

  fail({ message }) {
    this.failed = say("Python did not start: {message}", { message });
    this.tell({ state: "failed", reason: this.failed });
  }

  // Returns a worker that is ready.
  launch(progress = () => {}) {
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(BOOT)}`, { type: "module" });
    worker.postMessage({ ...this.parts, language: this.language });
    return new Promise((done, fail) => {
      worker.onerror = () => fail(new Error(say("the browser refuses to run Python in a worker")));
      worker.onmessage = ({ data }) => {
        if (data.started) progress(data.started + 0.2);
        if (data.died) fail(new Error(data.died));
        if (data.ready) done(worker);
      };
    });
  }

  // Ask Python for something, after all earlier requests; `hear` gets what it prints and shows. Returns the result.
  ask(request, hear = () => {}) {
    const asked = this.queue.then(() => this.answer(request, hear));
    this.queue = asked.catch(() => {});
    return asked;
  }

  answer(request, hear) {
    return new Promise((done) => {
      if (this.failed) return done({ stopped: this.failed });
      let result, timer;
      const finish = (what) => {
        clearTimeout(timer);
        this.finish = null;
        done(what);
        this.tell({ state: "ready" });
      };
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => this.stop(`It has been silent for ${SILENT}  seconds, so it was stopped.`), SILENT * 1000);
      };
      this.finish = finish;
      this.tell({ state: "busy" });
      wait();
      this.worker.onmessage = ({ data }) => {
        wait();
        if (data.died) this.stop(say("Python itself has stopped: {reason}.", { reason: data.died }));
        else if (data.done?.memory) {
          this.memory = data.done.memory;
          finish(result);
        } else if (data.done) result = data.done;
        else hear(data);
      };
      return this.worker.postMessage(request);
    });
  }

  // End what is running. Its variables are gone with it; the spare worker takes over.
  async stop(reason = say("Stopped.")) {
    const { finish } = this;
    if (!finish) return;
    this.finish = null;
    this.worker.terminate();
    const sentence = `${reason} ${say("The variables are forgotten: run the cells above again.")}`;
    try {
      this.worker = await (this.spare ?? this.launch());
      this.spare = this.launch();
    } catch (error) {
      this.fail(error);
    }
    finish({ stopped: sentence });
  }

  // Start afresh in another language, which Python reads when it starts.
  async speak(language) {
    this.language = language;
    this.spare = null;
    if (this.worker) {
      await this.queue;
      this.worker.terminate();
      this.tell({ state: "loading", share: 0.6 });
      this.worker = await this.launch();
      this.spare = this.launch();
      this.tell({ state: "ready" });
    }
  }
}
