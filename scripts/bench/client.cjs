// One measured process that reads from the stand-in: node client.cjs WHAT CLIENT KUBECONFIG [PATH…]; prints milliseconds, or a ratio.

const { readFileSync } = require('node:fs');
const https = require('node:https');

const [what, bundle, kubeconfig, ...paths] = process.argv.slice(2);

const ask = {
  groups: ['nvidia.com', 'monitoring.coreos.com'],
  crd: 'dynamographdeployments.nvidia.com',
  operatorSelector: 'app.kubernetes.io/part-of=dynamo-operator',
  webhookGroup: 'nvidia.com',
  graph: { group: 'nvidia.com', plural: 'dynamographdeployments', versions: ['v1alpha1'] },
};

const { signal } = new AbortController();

const connect = () => require(bundle).connect({ cwd: '.', env: {} }, { kubeconfig, signal });

/** Plain `https` over one kept connection, as somebody would write it by hand. */
const rawReader = () => {
  const { cluster } = JSON.parse(readFileSync(kubeconfig, 'utf8')).clusters[0];
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
  const agent = new https.Agent({ keepAlive: true, ca });
  return wanted =>
    new Promise((resolve, reject) => {
      const options = { agent, headers: { authorization: 'Bearer bench' } };
      const request = https.get(`${cluster.server}${wanted}`, options, response => {
        const chunks = [];
        response.on('data', part => chunks.push(part));
        response.once('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
      });
      request.once('error', reject);
    });
};

const timed = async work => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const works = {
  /** A survey: connection, all reads, facts. */
  async survey() {
    const { survey } = require(bundle);
    return timed(async () => {
      const client = await connect();
      await survey(client, ask, 'dynamo', signal);
      client.close();
    });
  },
  /** Fetching and parsing lists whole. */
  raw: () => timed(() => Promise.all(paths.map(rawReader()))),
  /** The median of requests in turn, as a ratio to plain `https`. */
  async requests() {
    const client = await connect();
    const raw = rawReader();
    const pair = async () => ({
      own: await timed(() => client.request({ method: 'GET', path: '/version' })),
      base: await timed(() => raw('/version')),
    });
    for (let warm = 0; warm < 200; warm += 1) await pair();
    const pairs = [];
    for (let count = 0; count < 1000; count += 1) pairs.push(await pair());
    return median(pairs.map(({ own }) => own)) / median(pairs.map(({ base }) => base));
  },
};

works[what]().then(
  figure => {
    process.stdout.write(String(figure));
    process.exit(0);
  },
  error => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
