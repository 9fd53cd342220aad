// Shows that work goes on: the elapsed time in one line on a terminal, now and then a plain line elsewhere.

const clear = '\r\u001b[K';

/** A plain line comes this often, in seconds. */
const plainEvery = 10;

const onTerminal = (stream, text, seconds) => stream.write(`${clear}${text} … ${seconds} s`);

const inPlainLines = (stream, text, seconds) => {
  if (seconds > 0 && seconds % plainEvery === 0) stream.write(`${text}: still at it after ${seconds} s\n`);
};

/**
 * @template T
 * @param {{ stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv }} out
 * @param {string} text what is going on, such as `Installing 47 packages`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withProgress = async ({ stream, env }, text, work) => {
  const live = stream.isTTY === true && env.TERM !== 'dumb';
  const show = live ? onTerminal : inPlainLines;
  let seconds = 0;
  if (live) show(stream, text, 0);
  else stream.write(`${text}\n`);
  const timer = setInterval(() => {
    seconds += 1;
    show(stream, text, seconds);
  }, 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (live) stream.write(clear);
  }
};
