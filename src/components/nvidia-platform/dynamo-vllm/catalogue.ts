/** Every code that can be said about this component, with meaning, cause and remedy; `explain` and docs/findings.md come from here. */

import { coreCatalogue } from '../../../core/catalogue.ts';
import type { Catalogue } from '../../../core/finding.ts';
import { admissionCatalogue } from './admission/catalogue.ts';
import { changesCatalogue } from './changes/catalogue.ts';
import { engineCatalogue } from './engine/catalogue.ts';
import { fitCatalogue } from './fit/codes.ts';
import { preflightCatalogue } from './preflight/catalogue.ts';
import { probeCatalogue } from './probe/catalogue.ts';
import { waitingCatalogue } from './wait/catalogue.ts';

const settings = {
  'name-too-long': {
    title: 'The deployment name is too long',
    meaning:
      'Objects made from the deployment name would break a limit of Kubernetes or of this Dynamo release.',
    cause:
      'Dynamo joins the name to the namespace and to component names in labels of at most 63 characters; operators 1.0 and 1.1 allow 45 characters together with a component name.',
    remedy: 'Choose a shorter name with --name; the message says how many characters are possible.',
  },
  'parallelism-too-large': {
    title: 'One worker wants more GPUs than a node has',
    meaning: 'TP x PP (x DP) of one worker is above 16 GPUs, which no single node offers.',
    cause:
      'The tensor, pipeline or data parallel size is too large; several nodes for one worker are not set up by this program.',
    remedy: 'Lower one of the sizes, or add replicas instead.',
  },
  'kvbm-no-tier': {
    title: 'KVBM without a cache',
    meaning: 'KV cache offloading is on, but neither a CPU cache nor a disk cache has a size.',
    cause: 'Both sizes are 0.',
    remedy: 'Give --kvbm-cpu-gb or --kvbm-disk-gb a size above 0.',
  },
  'kvbm-unsupported': {
    title: 'KVBM does not work on this release',
    meaning: 'Workers of this Dynamo release never become able to serve with KVBM, or no longer have it.',
    cause: 'KVBM stalls on 1.4 and is deprecated from then on.',
    remedy: "Use vLLM's own offloading or LMCache through --vllm-args, or a release up to 1.3.",
  },
  'release-unsupported': {
    title: 'A Dynamo release that is too old',
    meaning: 'The release is older than 0.8, the oldest that this program can write manifests for.',
    cause: 'Its flags, environment and API are not known here.',
    remedy: 'Upgrade Dynamo or choose a newer --release.',
  },
  'release-unknown': {
    title: 'A Dynamo release that is newer than this program',
    meaning: 'The release is not in the table; the newest known release stands in for it.',
    cause: 'Dynamo went on after this program was made.',
    remedy: 'Look for a newer version of this program, or read the manifests with care.',
  },
  'release-skew': {
    title: 'Image and operator are too far apart',
    meaning:
      'The runtime image and the Dynamo operator are more than two minor releases apart, counted along 0.8, 0.9, 1.0, 1.1 and so on.',
    cause: 'The release was chosen without regard to the operator, or the operator was upgraded alone.',
    remedy: "Use the operator's release, or upgrade the platform step by step.",
  },
  'release-from-operator': {
    title: "The operator's release is used",
    meaning: 'Nobody chose a release, so that of the Dynamo operator in the cluster is used.',
    cause: 'The release in config.json is the one that ships with this program, which counts as not chosen.',
    remedy: 'Nothing needs doing; to use another one, say so with --release.',
  },
  'model-spelling': {
    title: "The Hub's own spelling is used",
    meaning: 'The model was asked for in another casing than the Hub has it.',
    cause: 'The Hub finds models in any casing, files and the engine do not.',
    remedy: 'Nothing needs doing.',
  },
  'release-post': {
    title: 'A post release',
    meaning:
      'Post releases such as 0.9.0-post1 exist as Helm charts only; the image of the release itself is used.',
    cause: 'The release in config.json is that of the chart.',
    remedy: 'Nothing needs doing.',
  },
  'image-tag-post': {
    title: 'An image tag that was never published',
    meaning: 'The image tag ends in -postN, and no such image exists, so the pods would never start.',
    cause: "The chart's version was taken for the image's.",
    remedy: 'Use the tag without -postN.',
  },
  'image-version-stated': {
    title: 'An image tag without a version',
    meaning:
      'From 1.4 on the operator wants to know the release of an image; it is stated beside the image as runtimeVersionOverride.',
    cause: 'The tag is a word such as latest, or the image is named by digest.',
    remedy: 'Say with --release which Dynamo release the image holds.',
  },
  'router-scoring-deprecated': {
    title: "The router's weights are going away",
    meaning:
      'Temperature and overlap weight still work on this release, but a later one reads a policy file instead.',
    cause: 'Dynamo 1.6 deprecated them.',
    remedy: 'Nothing needs doing on this release.',
  },
  'args-contradiction': {
    title: 'Something is said twice with different values',
    meaning:
      'The additional vLLM args say something that the answers or the mode already decide, with another value.',
    cause: 'For example TP 1 at the prompt and --tensor-parallel-size 2 in the args.',
    remedy:
      'Remove it from the additional vLLM args and use the setting; the same value twice is no contradiction.',
  },
  'args-repeated': {
    title: 'A flag is repeated',
    meaning: 'The additional vLLM args hold a flag several times with different values; vLLM takes the last.',
    cause: 'A line put together from several sources.',
    remedy: 'Keep one of them.',
  },
  'args-connector-default': {
    title: 'A connector beside the default one',
    meaning:
      'Dynamo 0.8 and 0.9 have a default connector, and --kv-transfer-config beside it stops the worker.',
    cause: '--connector none is missing.',
    remedy: 'Add --connector none to the additional vLLM args.',
  },
  'router-without-events': {
    title: 'A KV router that knows nothing',
    meaning: 'The frontend routes by KV cache, but the workers tell it nothing, so it guesses.',
    cause:
      'KV events are off: prefix caching is switched off, or --kv-events-config is missing or says false.',
    remedy: 'Let this program write the arguments, or turn the router off.',
  },
  'env-reserved': {
    title: "A variable that is Dynamo's own",
    meaning:
      'The variable is set by the operator or by this program; a second value would win and break the deployment.',
    cause: 'It was copied from a running pod, or from another way of installing.',
    remedy: 'Leave it out.',
  },
  'env-secret': {
    title: 'A secret in a place that everybody reads',
    meaning:
      'A variable whose name looks like a secret would stand in manifests, saved files and process lists.',
    cause: 'A token was given with --env or --download-env.',
    remedy: 'Put it into a Secret; for the Hugging Face token name it with --hf-token-secret.',
  },
} as const satisfies Catalogue;

const cache = {
  'cache-access-mode-assumed': {
    title: 'ReadWriteMany was assumed',
    meaning:
      'Without knowing the storage classes of the cluster the model cache asks for a volume that many nodes can mount.',
    cause:
      'No access mode was given, and the manifests were made offline, or the storage classes may not be read.',
    remedy:
      'If no storage class there can do it, use --model-cache-access-mode ReadWriteOnce or --model-cache none.',
  },
  'cache-size-assumed': {
    title: 'The size of the model is not known',
    meaning: 'The claim for the model cache got a size that holds most models.',
    cause: 'The model is not in the table that ships with this program.',
    remedy: 'Say the size with --model-cache-size.',
  },
  'cache-one-node': {
    title: 'Everything is held on one node',
    meaning: 'The claim can be mounted by one node only, so all pods that mount it must run there.',
    cause: 'The storage class makes ReadWriteOnce volumes.',
    remedy: 'Use a class that can do ReadWriteMany, fewer replicas, or --model-cache none.',
  },
} as const satisfies Catalogue;

const manifests = {
  'template-broken': {
    title: 'A template is broken',
    meaning: 'A template does not yield a Kubernetes object.',
    cause: 'It was edited: a name that does not exist, or YAML that does not parse.',
    remedy: 'Mend the place named, or take the change back: git checkout templates',
  },
  'no-deployment': {
    title: 'No deployment to review',
    meaning: 'The files hold no DynamoGraphDeployment.',
    cause: 'Another folder or file was named.',
    remedy: 'Name a folder saved by this program, or a file with a DynamoGraphDeployment.',
  },
  'no-components': {
    title: 'A deployment without components',
    meaning: 'The DynamoGraphDeployment lists no services or components; every operator refuses that.',
    cause: 'An empty or cut file.',
    remedy: 'Add at least a frontend and a worker.',
  },
  'manifest-name': {
    title: 'A name that Services cannot have',
    meaning: 'The deployment would be accepted, but its Services never created.',
    cause: 'The name begins with a digit or has a sign that is not allowed.',
    remedy: 'Use lower-case letters, digits and dashes, beginning with a letter.',
  },
  'worker-without-gpu': {
    title: 'A worker without a GPU',
    meaning: 'A vLLM worker asks for no GPU; it would start and fail.',
    cause: 'The limit is missing, or stands under the name of the other API version.',
    remedy: 'Set resources.limits.gpu in v1alpha1, or nvidia.com/gpu in v1beta1.',
  },
  'quantity-unreadable': {
    title: 'A quantity that the operator drops',
    meaning:
      'From Dynamo 1.2 on a quantity that cannot be read vanishes without a word, up to 1.1 the deployment stays pending.',
    cause: 'Words, blanks or signs in a number of GPUs or an amount of memory.',
    remedy: 'Write GPUs as "1" and memory as 64Gi.',
  },
  'env-duplicate': {
    title: 'A variable set twice',
    meaning:
      'A component sets the same environment variable twice; from Dynamo 1.2 on that fails the deployment.',
    cause: 'Lists were put together.',
    remedy: 'Keep one of them.',
  },
  'probe-incomplete': {
    title: 'A probe without a handler',
    meaning: "A probe replaces the operator's whole; without a handler the Deployment is refused for ever.",
    cause: 'Only a number of the probe was to be changed.',
    remedy: 'Write the probe completely, or leave it out.',
  },
  'shell-command': {
    title: 'An engine behind a shell',
    meaning:
      'The engine runs as the child of a shell and gets no signal when the pod is stopped; quotes in arguments get lost with several nodes.',
    cause: 'command is /bin/sh -c.',
    remedy: 'Use command ["python3", "-m", "dynamo.vllm"] and an argument list.',
  },
  'connector-flag-gone': {
    title: '--connector is refused',
    meaning: 'From Dynamo 1.0 on a worker with --connector stops at once.',
    cause: 'A manifest of 0.8 or 0.9 is used with a newer image.',
    remedy: 'Render the manifests anew for the release of the image.',
  },
  'prefill-without-transfer': {
    title: 'A prefill worker with nowhere to send',
    meaning: 'From Dynamo 1.0 on a prefill worker without --kv-transfer-config stops at once.',
    cause: 'Up to 0.9 the transfer was the default.',
    remedy: 'Render the manifests anew for the release of the image.',
  },
} as const satisfies Catalogue;

export const catalogue: Catalogue = {
  ...coreCatalogue,
  ...settings,
  ...cache,
  ...manifests,
  ...fitCatalogue,
  ...engineCatalogue,
  ...preflightCatalogue,
  ...changesCatalogue,
  ...admissionCatalogue,
  ...waitingCatalogue,
  ...probeCatalogue,
};
