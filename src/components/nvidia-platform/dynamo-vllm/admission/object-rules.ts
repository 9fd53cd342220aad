/** Refusals that come from what was asked for: names, components, types, images and sizes. */

import { type AdmissionRule, plain, type Told } from './rule.ts';

const verb = './cli nvidia-platform dynamo-vllm';

const newerThanCluster =
  "Remove it or correct its spelling; where this program wrote it, the cluster's CRD is older than the operator it was told of: give --operator-release.";

const unknownStrict: AdmissionRule = {
  code: 'admission-unknown-field',
  pattern: /unknown field "([^"]+)"/g,
  say: ([field = ''], told) => ({
    path: field,
    message: `${told.subject} has the field ${field}, which its kind does not have on this cluster.`,
    hint: newerThanCluster,
  }),
};

const unknownTyped: AdmissionRule = {
  code: 'admission-unknown-field',
  pattern: /\.(\S+): field not declared in schema/g,
  say: ([field = ''], told) => ({
    path: field,
    message: `${told.subject} has the field ${field}, which its kind does not have on this cluster.`,
    hint: newerThanCluster,
  }),
};

const typeText = (path: string, wanted: string, told: Told) => ({
  path,
  message: `${told.subject} holds at ${path} something that is no ${wanted}.`,
  hint:
    wanted === 'string'
      ? `Put the value of ${path} in quotes.`
      : `Write the value of ${path} as ${wanted}, without quotes.`,
});

const typedPatch: AdmissionRule = {
  code: 'admission-wrong-type',
  pattern: /\.(\S+): expected (\w+)[^,]*, got /g,
  say: ([path = '', wanted = ''], told) => typeText(path, wanted, told),
};

const typedSchema: AdmissionRule = {
  code: 'admission-wrong-type',
  pattern: /(\S+) in body must be of type (\w+)/g,
  say: ([path = '', wanted = ''], told) => typeText(path, wanted, told),
};

/** Go names the field by its struct: DynamoGraphDeploymentSpec.spec.services.resources.limits.gpu. */
const typedStruct: AdmissionRule = {
  code: 'admission-wrong-type',
  pattern: /cannot unmarshal \w+ into Go struct field \w+\.(\S+) of type (\S+)/g,
  say: ([path = '', wanted = ''], told) => typeText(path, plain(wanted).replace(/^.*\./, ''), told),
};

const duplicate: AdmissionRule = {
  code: 'admission-duplicate',
  pattern: /\.(\S+): duplicate entries for key \[(.+?)\]/g,
  say: ([path = '', key = ''], told) => ({
    path,
    message: `${told.subject} lists ${key} twice at ${path}.`,
    hint: 'Keep one of them.',
  }),
};

const nameLength: AdmissionRule = {
  code: 'admission-name-length',
  pattern: /(?:\[([^\]]+)\]: )?combined resource name length (\d+) exceeds (\d+)-character limit/g,
  say: ([component = '', length = '', limit = ''], { name }) => {
    const most = name.length - (Number(length) - Number(limit));
    const together =
      component === '' ? 'Together with a component name' : `Together with the component ${component}`;
    return {
      path: 'name',
      message: `${together} the name ${name} has ${length} characters, and the operator allows ${limit}.`,
      hint: `Choose a name of at most ${most} characters with --name.`,
    };
  },
};

const nameForm: AdmissionRule = {
  code: 'admission-name',
  pattern: /metadata\.(?:name|labels): Invalid value: "([^"]*)": (.+?)(?: \(e\.g\.|, metadata\.|\]$|$)/gm,
  say: ([value = '', rule = '']) => ({
    path: 'name',
    message: `Kubernetes refuses the name ${value}: ${plain(rule)}.`,
    hint: 'Choose another with --name: lower-case letters, digits and dashes, beginning with a letter, at most 37 characters.',
  }),
};

const topology: AdmissionRule = {
  code: 'admission-topology',
  pattern:
    /(?:service|component) topology is immutable[^:]*: ((?:(?:services|components) (?:added|removed): \[[^\]]*\](?:, )?)+)/g,
  say: ([change = ''], { name, namespace }) => ({
    path: 'mode',
    message: `${name} runs with other components, and a deployment cannot change them: ${plain(change)}.`,
    hint: `Remove it first (${verb} uninstall ${name} -n ${namespace}), or choose another name with --name.`,
  }),
};

const nodeTopology: AdmissionRule = {
  code: 'admission-topology',
  pattern: /(spec\.\S+?):? (?:Invalid value: \S+ )?cannot change node topology/g,
  say: ([path = ''], { name, namespace }) => ({
    path: 'mode',
    message: `${name} runs with another number of nodes per worker (${path}), and a deployment cannot change that.`,
    hint: `Remove it first (${verb} uninstall ${name} -n ${namespace}), or choose another name with --name.`,
  }),
};

const framework: AdmissionRule = {
  code: 'admission-framework',
  pattern: /spec\.backendFramework:? (?:Invalid value: "\w*": )?is immutable/g,
  say: (_groups, { name, namespace }) => ({
    path: '',
    message: `${name} exists with another backendFramework, which a deployment cannot change.`,
    hint: `Remove it first (${verb} uninstall ${name} -n ${namespace}), or choose another name with --name.`,
  }),
};

const imageVersion: AdmissionRule = {
  code: 'admission-image-version',
  pattern: /runtimeVersionOverride: Required value.*?no parseable semantic-version tag/g,
  say: (_groups, { name }) => ({
    path: 'image',
    message: `The operator cannot tell from the image of ${name} which Dynamo release it holds, because its tag is no version.`,
    hint: 'Use an image whose tag is a version, such as --image nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.2, or say the release with --release.',
  }),
};

const sharedMemory: AdmissionRule = {
  code: 'admission-shared-memory',
  pattern: /sharedMemory\S*:? .*?(?:size is required|is required)/g,
  say: (_groups, { name }) => ({
    path: 'sharedMemory',
    message: `The operator wants a size of the shared memory for ${name}.`,
    hint: 'Give one with --shared-memory, such as --shared-memory 16Gi.',
  }),
};

const scalingAdapter: AdmissionRule = {
  code: 'admission-scaling-adapter',
  pattern:
    /spec\.\w+\[([^\]]+)\]\.replicas:? .*?cannot be modified directly when scaling adapter is enabled/g,
  say: ([component = ''], { name, namespace }) => ({
    path: 'replicas',
    message: `The replicas of ${component} in ${name} belong to a scaling adapter and cannot be set here.`,
    hint: `Scale the adapter instead: kubectl -n ${namespace} get dynamographdeploymentscalingadapters`,
  }),
};

const quantity: AdmissionRule = {
  code: 'admission-quantity',
  pattern: /quantities must match the regular expression/g,
  say: (_groups, { kind, subject }) => ({
    path: kind === 'PersistentVolumeClaim' ? 'modelCacheSize' : '',
    message: `${subject} holds an amount that Kubernetes cannot read.`,
    hint:
      kind === 'PersistentVolumeClaim'
        ? 'Write a number and a unit: --model-cache-size 100Gi'
        : 'Write amounts as a number and a unit, such as 64Gi, and GPUs as "1".',
  }),
};

const claim = (pattern: RegExp, why: string, hint: string): AdmissionRule => ({
  code: 'admission-claim',
  pattern,
  say: (_groups, { kind, name, namespace }) =>
    kind === 'PersistentVolumeClaim'
      ? {
          path: 'modelCacheSize',
          message: `The claim ${name} in namespace ${namespace} exists and ${why}.`,
          hint: hint.replaceAll('NAME', name),
        }
      : null,
});

const useAsIs = 'Use it as it is with --model-cache claim:NAME';

const claims: readonly AdmissionRule[] = [
  claim(/field can not be less than/g, 'cannot shrink', `${useAsIs}, or ask for at least its size.`),
  claim(
    /only dynamically provisioned pvc can be resized|must support resize/g,
    'cannot grow, because its storage class does not allow it',
    `${useAsIs}, or have allowVolumeExpansion set on the storage class.`,
  ),
  claim(
    /spec is immutable after creation/g,
    'differs in its access mode, storage class or size, which cannot be changed now',
    `${useAsIs}, or delete it with everything on it.`,
  ),
];

const immutableJob: AdmissionRule = {
  code: 'admission-immutable',
  pattern: /field is immutable/g,
  say: (_groups, { kind, name, namespace, subject }) => ({
    path: '',
    message: `${subject} exists and differs in something that cannot be changed on a live object.`,
    hint: `Delete it and try again: kubectl -n ${namespace} delete ${kind.toLowerCase()} ${name}`,
  }),
};

const noComponents: AdmissionRule = {
  code: 'no-components',
  pattern: /must have at least one (?:service|component)/g,
  say: (_groups, { name }) => ({
    path: '',
    message: `${name} has no components.`,
    hint: 'Add at least a frontend and a worker.',
  }),
};

export const objectRules: readonly AdmissionRule[] = [
  unknownStrict,
  unknownTyped,
  typedPatch,
  typedSchema,
  typedStruct,
  duplicate,
  nameLength,
  nameForm,
  topology,
  nodeTopology,
  framework,
  imageVersion,
  sharedMemory,
  scalingAdapter,
  quantity,
  ...claims,
  immutableJob,
  noComponents,
];
