// A stand-in for the API server: a real one with 20,000 pods takes too long to fill. The figures are ratios of what clients do with the same bytes.
//
// node apiserver.cjs CERTIFICATES FOLDER: writes FOLDER/<name>.kubeconfig for each cluster below and FOLDER/ca.pem, says `ready`, ends with stdin.

const { writeFileSync } = require('node:fs');
const http2 = require('node:http2');
const net = require('node:net');
const { join } = require('node:path');
const { gzipSync } = require('node:zlib');
const { createDays } = require('./days.cjs');
const { node, pod } = require('./objects.cjs');

const clusters = [
  { name: 'small', nodes: 12, pods: 120, roundTripMs: 0 },
  { name: 'far', nodes: 12, pods: 120, roundTripMs: 30 },
  { name: 'nodes', nodes: 5_000, pods: 0, roundTripMs: 0 },
  { name: 'pods', nodes: 0, pods: 20_000, roundTripMs: 0 },
  { name: 'days', nodes: 5_000, pods: 0, deployments: 200, roundTripMs: 0 },
];

const listStart = (kind, next) =>
  `{"kind":"${kind}List","apiVersion":"v1","metadata":{"resourceVersion":"91234567"${next === undefined ? '' : `,"continue":"${next}"`}},"items":[`;

const chunk = 500;

/** Items as bytes, in the portions that pages are made of. */
const portions = (count, make) =>
  Array.from({ length: Math.ceil(count / chunk) }, (_, page) => {
    const first = page * chunk;
    const items = Array.from({ length: Math.min(chunk, count - first) }, (_, at) =>
      JSON.stringify(make(first + at)),
    );
    return Buffer.from(items.join(','));
  });

const wholeList = (kind, all) =>
  Buffer.concat(
    [listStart(kind), ...all.flatMap((part, at) => (at === 0 ? [part] : [',', part])), ']}'].map(part =>
      Buffer.from(part),
    ),
  );

/** As the API server: answers above 128 KiB are compressed, lightly, for those who take that. Done beforehand: only clients are measured. */
const body = bytes => ({
  bytes,
  packed: bytes.length > 128 * 1024 ? gzipSync(bytes, { level: 1 }) : undefined,
});

/** A list as bodies: pages for those who ask for pages, and whole. */
const list = (kind, all) => ({
  pages: (all.length === 0 ? [''] : all).map((part, at) => {
    const next = at + 1 < all.length ? at + 1 : undefined;
    return body(Buffer.concat([Buffer.from(listStart(kind, next)), Buffer.from(part), Buffer.from(']}')]));
  }),
  whole: { bytes: wholeList(kind, all), packed: undefined },
});

const plain = {
  '/version': { gitVersion: 'v1.33.5-eks-3abbec1' },
  '/apis': { kind: 'APIGroupDiscoveryList', items: [] },
  '/api/v1/namespaces/dynamo': { status: { phase: 'Active' } },
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': { status: { resourceRules: [] } },
};

const none = { metadata: { name: 'none' }, items: [] };

/** Bodies of texts by request, each made once. */
const kept = textFor => {
  const made = new Map();
  return url => {
    if (!made.has(url.href)) {
      const text = textFor(url);
      made.set(url.href, text && body(Buffer.from(text)));
    }
    return made.get(url.href);
  };
};

const bodyFor = (lists, days, url) => {
  const { pathname, searchParams } = url;
  const told = days(url);
  if (told !== undefined) return told;
  const found = lists[pathname];
  if (found === undefined) return body(Buffer.from(JSON.stringify(plain[pathname] ?? none)));
  return searchParams.has('limit') ? found.pages[Number(searchParams.get('continue') ?? 0)] : found.whole;
};

const answer = (lists, days, request, response) => {
  request.resume();
  const { bytes, packed } = bodyFor(lists, days, new URL(request.url, 'https://stand-in'));
  const pack = packed !== undefined && String(request.headers['accept-encoding'] ?? '').includes('gzip');
  const sent = pack ? packed : bytes;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': sent.length,
    ...(pack && { 'content-encoding': 'gzip' }),
  });
  response.end(sent);
};

const listen = server =>
  new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });

/** Everything takes half a round trip each way, and a new connection one more, as TCP's own handshake does. */
const distance = (port, roundTripMs) =>
  net.createServer(near => {
    const far = net.connect(port, '127.0.0.1');
    const opened = Date.now() + roundTripMs;
    const pass = (from, to) => {
      const later = act => setTimeout(act, Math.max(0, opened - Date.now()) + roundTripMs / 2);
      from.on('data', bytes => later(() => to.write(bytes)));
      from.on('end', () => later(() => to.end()));
      from.on('error', () => to.destroy());
    };
    for (const socket of [near, far]) socket.setNoDelay(true);
    pass(near, far);
    pass(far, near);
  });

const kubeconfig = (ca, port) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'bench',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority-data': Buffer.from(ca).toString('base64'),
        },
      },
    ],
    users: [{ name: 'bench', user: { token: 'bench' } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  });

const main = async ([certificates, folder]) => {
  const authority = require(certificates).createAuthority('bench');
  const pair = authority.issue({ name: 'stand-in', hosts: ['127.0.0.1', 'localhost'] });
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  for (const { name, nodes, pods, deployments = 0, roundTripMs } of clusters) {
    const lists = {
      '/api/v1/nodes': list('Node', portions(nodes, node)),
      '/api/v1/pods': list('Pod', portions(pods, pod)),
    };
    const days = deployments === 0 ? () => undefined : kept(createDays(deployments));
    // The API server speaks both HTTP/2 and 1.1 too.
    const options = { ...pair, allowHTTP1: true };
    const near = await listen(
      http2.createSecureServer(options, (request, response) => answer(lists, days, request, response)),
    );
    const port = roundTripMs === 0 ? near : await listen(distance(near, roundTripMs));
    writeFileSync(join(folder, `${name}.kubeconfig`), kubeconfig(authority.cert, port), { mode: 0o600 });
  }
  process.stdout.write('ready\n');
  process.stdin.resume().once('end', () => process.exit(0));
};

main(process.argv.slice(2));
