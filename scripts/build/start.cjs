// Becomes dist/cli.cjs. Refuses a Node that is too old, in words that even that one reads, and loads the bundles with the
// compiled code that scripts/build/train.cjs kept beside them. Another Node than the one that built ignores it and compiles anew.

var have = process.versions.node.split('.').map(Number);
if (have[0] < 20 || (have[0] === 20 && have[1] < 19)) {
  process.stderr.write(
    'error: Node.js ' + process.versions.node + ' is too old; 20.19 or newer is needed.\n',
  );
  process.exit(69);
}

var fs = require('fs');
var path = require('path');
var vm = require('vm');
// Already there; asking for it by name would load more.
var Module = module.constructor;

function compiledBefore(file) {
  try {
    return fs.readFileSync(file + '.compiled');
  } catch (_) {
    return undefined;
  }
}

Module._extensions['.cjs'] = function load(module, file) {
  // A function already, and ASCII (scripts/build.mjs sees to both), so that its text is held once.
  var script = new vm.Script(fs.readFileSync(file, 'latin1'), {
    filename: file,
    cachedData: compiledBefore(file),
  });
  script
    .runInThisContext()
    .call(module.exports, module.exports, Module.createRequire(file), module, file, path.dirname(file));
};

require('./main.cjs');
