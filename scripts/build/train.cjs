// Runs the program once, and keeps the code that V8 compiled for it beside each bundle: `node train.cjs DIST WORDS…`.

const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const dist = process.argv[2];
process.argv.splice(1, 2, join(dist, 'cli.cjs'));

const scripts = new Map();

// As scripts/build/start.cjs does it: the text must be the same.
Module._extensions['.cjs'] = (module, file) => {
  const script = new Script(readFileSync(file, 'latin1'), { filename: file });
  scripts.set(file, script);
  script
    .runInThisContext()
    .call(module.exports, module.exports, Module.createRequire(file), module, file, dirname(file));
};

process.on('exit', () => {
  for (const [file, script] of scripts) {
    const kept = `${file}.compiled`;
    // The first run that needs a bundle is the one it is compiled for; another may be at it at the same time.
    if (existsSync(kept)) continue;
    writeFileSync(`${kept}.${process.pid}`, script.createCachedData());
    renameSync(`${kept}.${process.pid}`, kept);
  }
});

require(join(dist, 'main.cjs'));
