/** What a release cannot do, each refused with the release named and the alternative offered. */

import { parseRelease, withoutPost } from '../../../core/release.ts';
import { joinWords } from '../../../core/words.ts';
import { type Known, kvbmLines, linesApart, supportedLines } from './dialect.ts';
import { imageFor, tagOf } from './planning.ts';
import { finding, type Rule } from './rule.ts';
import { releaseIsChosen } from './settings.ts';

const supported = (known: Known, release: string, what: string, key: string) => {
  if (known === 'older') {
    const message = `The ${what} ${release} is older than what this program knows (${supportedLines}).`;
    return [
      finding(
        'release-unsupported',
        'error',
        key,
        message,
        'Upgrade Dynamo, or use a newer release: --release 0.9.1',
      ),
    ];
  }
  if (known === 'newer') {
    const message = `The ${what} ${release} is not one this program knows (${supportedLines}); the newest it knows stands in for it.`;
    return [
      finding(
        'release-unknown',
        'warning',
        key,
        message,
        'Look for a newer version of this program, or read the manifests before you deploy.',
      ),
    ];
  }
  return [];
};

const releaseKnown: Rule = ({ dialect, settings }) => {
  const { release } = settings;
  const operatorRelease = settings.operatorRelease ?? release;
  return [
    ...supported(dialect.runtimeKnown, release, 'Dynamo release', 'release'),
    ...(operatorRelease === release
      ? []
      : supported(dialect.operatorKnown, operatorRelease, 'Dynamo operator', 'operatorRelease')),
  ];
};

/** Dynamo supports workers at most two lines of releases away from the platform. */
const skewLimit = 2;

const skew: Rule = ({ plan }) => {
  const apart = linesApart(plan.operatorRelease, plan.release);
  if (apart === undefined || apart <= skewLimit) return [];
  const message = `The runtime image ${plan.release} and the operator ${plan.operatorRelease} are ${apart} minor releases apart; Dynamo supports ${skewLimit}.`;
  return [
    finding(
      'release-skew',
      'error',
      'release',
      message,
      `Use the operator's release: --release ${plan.operatorRelease}`,
    ),
  ];
};

const postRelease: Rule = ({ settings }) => {
  const tag = tagOf(imageFor(settings));
  if (withoutPost(tag) !== tag) {
    const message = `The image tag ${tag} does not exist: a post release is a chart or a package, not an image.`;
    return [finding('image-tag-post', 'error', 'image', message, `Use the image tag ${withoutPost(tag)}.`)];
  }
  if (withoutPost(settings.release) === settings.release) return [];
  const message = `${settings.release} is a release of the chart only; the image is ${withoutPost(settings.release)}.`;
  return [finding('release-post', 'info', 'release', message, '')];
};

const versionedImage: Rule = ({ plan }) => {
  if (plan.runtimeVersionOverride === null) return [];
  const message = `The image ${plan.image} has no version in its tag, which the operator ${plan.operatorRelease} asks for; ${plan.runtimeVersionOverride} is stated beside it.`;
  return [
    finding(
      'image-version-stated',
      'info',
      'image',
      message,
      'If the image holds another Dynamo release, say so with --release.',
    ),
  ];
};

const kvbmSupported: Rule = ({ plan, dialect, settings }) => {
  if (plan.kvbm === null || dialect.runtime.kvbmServes) return [];
  const message = `Dynamo ${plan.release} cannot serve with KVBM: it stalls on 1.4 and is deprecated after that; it works on ${kvbmLines.at(-1) ?? ''} to ${kvbmLines[0] ?? ''}.`;
  const config = {
    kv_connector: 'OffloadingConnector',
    kv_role: 'kv_both',
    kv_connector_extra_config: { cpu_bytes_to_use: plan.kvbm.cpuGb * 1e9 },
  };
  const args = joinWords(['--kv-transfer-config', JSON.stringify(config)]);
  const native = joinWords(['--no-kvbm', '--vllm-args', `${settings.vllmArgs} ${args}`.trim()]);
  const offer =
    plan.mode === 'aggregated'
      ? `Let vLLM offload by itself: ${native}`
      : 'Leave it out with --no-kvbm, or use --release 1.3.1';
  return [finding('kvbm-unsupported', 'error', 'kvbm', message, offer)];
};

const scoring: Rule = ({ plan, dialect }) => {
  if (plan.router === null || !dialect.runtime.scoringIsDeprecated) return [];
  const message = `Dynamo ${plan.release} still takes the router's temperature and weights from the environment; from 1.7 on a policy file (DYN_ROUTER_POLICY_CONFIG) is planned instead.`;
  return [
    finding(
      'router-scoring-deprecated',
      'info',
      'routerTemperature',
      message,
      `Nothing needs doing on ${plan.release}.`,
    ),
  ];
};

/** A release that nobody chose follows the operator; that changes the image, so it is said. */
const fromOperator: Rule = ({ settings, settled, facts }) => {
  const shipped = settled.values.release;
  if (releaseIsChosen(settled) || facts.operatorRelease === null || shipped === settings.release) return [];
  const message = `The operator in the cluster is ${facts.operatorRelease}, so that release is used instead of ${String(shipped)} from config.json.`;
  return [
    finding(
      'release-from-operator',
      'info',
      'release',
      message,
      'To use another one, say so: --release X.Y.Z',
    ),
  ];
};

/** The Hub finds a model in any casing; its own spelling names the files. */
const spelling: Rule = ({ settings, settled }) => {
  const asked = String(settled.values.model);
  if (asked === settings.model) return [];
  const message = `The Hub spells ${asked} as ${settings.model}; that is used.`;
  return [finding('model-spelling', 'info', 'model', message, '')];
};

const unparsable: Rule = ({ settings }) =>
  parseRelease(settings.release) === undefined
    ? [
        finding(
          'release-unsupported',
          'error',
          'release',
          `"${settings.release}" is not a Dynamo release.`,
          'Write three numbers: --release 0.9.1',
        ),
      ]
    : [];

export const dialectRules: readonly Rule[] = [
  unparsable,
  releaseKnown,
  skew,
  postRelease,
  versionedImage,
  kvbmSupported,
  scoring,
  fromOperator,
  spelling,
];
