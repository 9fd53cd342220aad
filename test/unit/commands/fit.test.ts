import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { component, newFolder, runCli } from '../../kit/process.ts';

let cwd = '';
beforeEach(() => {
  cwd = newFolder();
});

const runFit = (...words: readonly string[]) => runCli([...component, 'fit', ...words], { cwd });
const json = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await runFit(...words, '-o', 'json');
  return { code, stderr, data: JSON.parse(stdout) };
};
const tp = '--tensor-parallel-size';

const flagsFor = (settings: { vllmArgs?: string; tensorParallelSize?: number }): string[] => [
  ...(settings.vllmArgs === undefined ? [] : ['--vllm-args', settings.vllmArgs]),
  ...(settings.tensorParallelSize === undefined ? [] : [tp, String(settings.tensorParallelSize)]),
];

describe('fit', () => {
  it('prints a table of GPUs and sizes without a GPU', async () => {
    const { code, stdout } = await runFit();
    expect(code).toBe(0);
    expect(stdout).toMatch(/GPU +TP 1 +TP 2 +TP 4 +TP 8/);
    expect(stdout).toMatch(/L4 +no +to \d+k +fits \(EP\)/);
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80);
  });
  it('prints the sum for one choice in 80 columns, and what would fit', async () => {
    const { code, stdout } = await runFit('--gpu', 'L40S', '--release', '1.3.1');
    expect(code).toBe(1);
    expect(stdout).toContain('does not fit');
    expect(stdout).toMatch(/\[#+=+\.+-+\]/);
    expect(stdout).toContain('98,304 bytes a token');
    expect(stdout).toContain(`${tp} 2`);
    expect(
      Math.max(...(stdout.split('Each of')[0] ?? '').split('\n').map(line => line.length)),
    ).toBeLessThanOrEqual(80);
  });
  it('never says that something fits which would not start', async () => {
    const { code, stdout, stderr } = await runFit('--gpu', 'H200', tp, '3');
    expect(code).toBe(65);
    expect(stdout).toMatch(/^ {2}would not start: see the error below\n {2}by its memory alone: fits$/m);
    expect(stderr).toContain('(fit-illegal-heads)');
    expect(stderr).not.toContain('1365.333');
  });
  it('offers only what would start, and says so where an error comes first', async () => {
    const args = '--max-model-len 300000';
    const { data } = await json('--gpu', 'L40S', '--vllm-args', args);
    const changes = data.advice.map(({ adds }: { adds: string }) => adds);
    expect(changes).toEqual([expect.stringMatching(/^--max-model-len \d+$/)]);
    const nothing = await runFit('--gpu', 'L4', '--model', 'Qwen/Qwen3-8B', '--expert-parallel');
    expect(nothing.stdout).not.toContain('Each of these');
    expect(nothing.stderr).not.toContain('No single change');
  });
  it('offers no change that would keep an argument which is refused', async () => {
    const { code, data } = await json('--gpu', 'L40S', '--vllm-args', '--gpu-memory-utilization nan');
    expect([code, data.advice]).toEqual([65, []]);
  });
  it('puts each command of its advice last in a line, and says what to do when there is none', async () => {
    const { stdout } = await runFit('--gpu', 'L40S', '--release', '1.3.1');
    expect(stdout).toMatch(/^ +[\d,]+ tokens with --vllm-args '.* --max-model-len \d+'$/m);
    expect(stdout).toMatch(/^ +262,144 tokens with --gpu \S+$/m);
    const hopeless = await runFit(
      '--gpu',
      'B300',
      '--model',
      'moonshotai/Kimi-K2-Instruct',
      '--gpu-count',
      '1',
    );
    expect(hopeless.stderr.replace(/\s+/g, ' ')).toContain('No single change makes it fit; use more');
  });
  it('offers several of a larger GPU where no single change helps', async () => {
    const { data } = await json('--gpu', 'H100', '--model', 'deepseek-ai/DeepSeek-R1');
    expect(data.advice).toMatchObject([{ change: `--gpu H200 ${tp} 8`, settings: {}, verdict: 'fits' }]);
    expect((await json('--gpu', 'H200', tp, '8', '--model', 'deepseek-ai/DeepSeek-R1')).data.verdict).toBe(
      'fits',
    );
  });
  it('draws nothing from a utilisation that is none', async () => {
    const { code, stdout, stderr } = await runFit(
      '--gpu',
      'L40S',
      '--vllm-args',
      '--gpu-memory-utilization 90',
    );
    expect([code, stderr]).toEqual([65, expect.stringContaining('(fit-illegal-utilization)')]);
    expect(stdout).toMatch(/would not start[\s\S]*KV cache +not known/);
    expect(stderr).not.toContain('(fit-unknown)');
  });
  it('suggests the GPU and the model that were meant', async () => {
    const hint = async (...words: string[]) => (await json(...words, '--offline')).data.findings[0].hint;
    expect(await hint('--gpu', 'h10')).toContain('Did you mean H100-NVL or H100-80GB?');
    expect(await hint('--gpu', 'p5.48xlrge')).toContain('Did you mean p5.48xlarge?');
    expect(await hint('--model', 'Qwen/Qwen3-8')).toContain('Leave --offline out to ask the Hub');
    expect(await hint('--model', 'Qwen/Qwen3-32')).toContain('Did you mean Qwen/Qwen3-32B?');
  });
  it('says where arguments of the engine go, and what its exit codes mean', async () => {
    const wrong = await runFit('--max-model-len', '8192');
    expect([wrong.code, wrong.stderr]).toEqual([64, expect.stringContaining('go into --vllm-args "ARGS"')]);
    expect((await runFit('--help')).stdout).toContain('Exit codes: 0 done, 1 does not fit, 64 usage');
  });
  it('exits 0, 1 and 65 as promised, with JSON each time', async () => {
    const fits = await json('--gpu', 'H100-80GB');
    expect([fits.code, fits.data.verdict, fits.stderr]).toEqual([0, 'fits', '']);
    expect(fits.data).toMatchObject({ schemaVersion: 1, perGpu: { kvBytesPerToken: 98_304 } });
    const [low, high] = fits.data.perGpu.kvCacheGiB;
    expect(low).toBeLessThan(high);
    const misfit = await json('--gpu', 'L4');
    expect([misfit.code, misfit.data.verdict]).toEqual([1, 'does-not-fit']);
    expect(misfit.data.findings.filter((one: { level: string }) => one.level === 'error')).toEqual([]);
    const illegal = await json('--gpu', 'H200', tp, '4', '--release', '1.5.1');
    expect([illegal.code, illegal.data.verdict]).toEqual([65, 'fits']);
    expect(illegal.data.findings[0]).toMatchObject({ rule: 'fit-illegal-fp8-block', level: 'error' });
    const lifted = await json(
      '--gpu',
      'H200',
      tp,
      '4',
      '--release',
      '1.5.1',
      '--skip-check',
      'fit-illegal-fp8-block',
    );
    expect(lifted.code).toBe(0);
    const tight = await json('--gpu-memory-gib', '60', '--gpu-capability', '9.0');
    expect([tight.code, tight.data.verdict]).toEqual([0, 'tight']);
  });
  it('never refuses what it does not know', async () => {
    const model = await json('--model', 'someone/something', '--gpu', 'H200', '--offline');
    expect([model.code, model.data.verdict, model.data.perGpu]).toEqual([0, 'unknown', null]);
    const gpu = await json('--gpu', 'TPU');
    expect([gpu.code, gpu.data.verdict]).toEqual([0, 'unknown']);
    expect(gpu.data.perGpu.kvBytesPerToken).toBe(98_304);
  });
  it('takes a model and a GPU that nobody has heard of', async () => {
    const config = {
      architectures: ['LlamaForCausalLM'],
      num_hidden_layers: 32,
      hidden_size: 4096,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      intermediate_size: 14_336,
      vocab_size: 128_256,
      max_position_embeddings: 131_072,
    };
    writeFileSync(join(cwd, 'config.json'), JSON.stringify(config));
    const words = ['--model-config', cwd, '--gpu-memory-gib', '139.8', '--gpu-capability', '9.0'];
    const said = await json(...words, '--weights-gib', '15', '--release', '1.3.1');
    expect([said.code, said.data.verdict]).toEqual([0, 'fits']);
    expect(said.data.perGpu).toMatchObject({ kvBytesPerToken: 131_072, requestGiB: 16 });
    expect(said.data.perGpu.weightsGiB[0]).toBe(15);
    const guessed = await json(...words);
    expect(guessed.data.perGpu.weightsGiB[0]).toBeLessThan(14.96);
    expect(guessed.data.perGpu.weightsGiB[1]).toBeGreaterThan(14.96);
  });
  it('takes the size and the quantisation of a model from its folder', async () => {
    const folder = join(cwd, 'model');
    mkdirSync(folder);
    const config = {
      ...{ architectures: ['LlamaForCausalLM'], num_hidden_layers: 32, hidden_size: 4096 },
      ...{ num_attention_heads: 32, num_key_value_heads: 8, intermediate_size: 14_336, vocab_size: 128_256 },
      ...{ max_position_embeddings: 8192, torch_dtype: 'bfloat16' },
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    for (const name of ['model.safetensors', 'consolidated.safetensors']) {
      writeFileSync(join(folder, name), '');
      truncateSync(join(folder, name), 3 * 2 ** 30);
    }
    const plain = await json('--model-config', folder, '--gpu', 'A100-80GB');
    expect([plain.code, plain.data.perGpu.weightsGiB[0]]).toEqual([0, 3]);
    const said = await json('--model-config', folder, '--gpu', 'A100-80GB', '--weights-gib', '5');
    expect(said.data.perGpu.weightsGiB[0]).toBe(5);
    writeFileSync(join(folder, 'hf_quant_config.json'), '{"quantization":{"quant_algo":"FP8"}}');
    const quantised = await json('--model-config', folder, '--gpu', 'A100-80GB');
    expect(quantised.data.findings[0]).toMatchObject({ rule: 'fit-illegal-quantization', level: 'error' });
  });
  it("reads Mistral's own configuration from a folder that has no other, and says when there is neither", async () => {
    const folder = join(cwd, 'model');
    mkdirSync(folder);
    const empty = await json('--model-config', folder, '--gpu', 'L40S');
    expect([empty.code, empty.data.findings[0].message]).toEqual([
      65,
      expect.stringContaining('There is no config.json in'),
    ]);
    const params = {
      dim: 4096,
      n_layers: 32,
      n_heads: 32,
      n_kv_heads: 8,
      head_dim: 128,
      hidden_dim: 14_336,
      vocab_size: 32_768,
    };
    writeFileSync(join(folder, 'params.json'), JSON.stringify(params));
    const found = await json('--model-config', folder, '--weights-gib', '14', '--gpu', 'H100-80GB');
    expect([found.data.verdict, found.data.perGpu.kvBytesPerToken]).toEqual(['fits', 131_072]);
  });
  it('shows no numbers beyond counting', async () => {
    const path = join(cwd, 'config.json');
    const keys = [
      'num_hidden_layers',
      'hidden_size',
      'num_attention_heads',
      'vocab_size',
      'max_position_embeddings',
    ];
    writeFileSync(path, JSON.stringify(Object.fromEntries(keys.map(key => [key, 1e308]))));
    const { code, stdout } = await runFit('--model-config', path, '--weights-gib', '10', '--gpu', 'L40S');
    expect([code, stdout]).toEqual([0, expect.stringContaining('not known')]);
    expect(stdout).not.toMatch(/NaN|Infinity/);
  });
  it('knows instance types and their number of GPUs', async () => {
    const wide = await json('--gpu', 'g6.12xlarge', tp, '8', '--expert-parallel');
    expect(wide.code).toBe(65);
    expect(wide.data.findings.map((one: { rule: string }) => one.rule)).toContain('fit-illegal-gpus');
  });
  it('works out each piece of advice', async () => {
    const words = ['--gpu', 'L40S', '--release', '1.3.1'];
    const { data } = await json(...words);
    expect(data.advice.length).toBeGreaterThan(2);
    for (const { settings } of data.advice)
      expect((await json(...words, ...flagsFor(settings))).data.verdict).toBe(
        Object.keys(settings).length === 0 ? 'does-not-fit' : 'fits',
      );
  });
  it.each([
    ['--gpu-count', '1.5'],
    ['--weights-gib', 'many'],
    ['--gpu-memory-gib', '-3'],
  ])('refuses %s %s as a wrong use', async (flag, value) => {
    expect((await runFit(flag, value)).code).toBe(64);
  });
  it('answers in JSON too when there is no cluster or no such file', async () => {
    const offline = await json('cluster', '--offline');
    expect([offline.code, offline.data.verdict, offline.data.perGpu]).toEqual([69, 'unknown', null]);
    expect(offline.data.findings[0].hint).toContain('--snapshot FILE');
    const gone = await runCli([...component, 'fit', 'cluster', '-o', 'json'], {
      cwd,
      env: { KUBECONFIG: join(cwd, 'nowhere') },
    });
    expect([gone.code, JSON.parse(gone.stdout).findings[0].rule]).toEqual([69, 'cluster-no-config']);
    const prices = await json('--prices', 'none.json');
    expect([prices.code, prices.data.findings[0].rule]).toEqual([65, 'fit-file-unreadable']);
  });
  it('says in JSON too that a file is missing or no JSON', async () => {
    writeFileSync(join(cwd, 'x.json'), '[]');
    for (const file of ['none.json', 'x.json']) {
      const { code, data } = await json('--model-config', file);
      expect([code, data.verdict, data.perGpu]).toEqual([65, 'unknown', null]);
      expect(data.findings[0].rule).toBe('fit-config-unreadable');
    }
  });
});

describe('legality in the other verbs', () => {
  it('refuses to render what vLLM would refuse, naming what is legal', async () => {
    const { code, stdout } = await runCli([...component, 'render', tp, '4', '-o', 'json'], { cwd });
    const [found] = JSON.parse(stdout).findings.filter((one: { level: string }) => one.level === 'error');
    expect(code).toBe(65);
    expect(found).toMatchObject({ rule: 'fit-illegal-fp8-block', path: 'tensorParallelSize' });
    expect(found.hint).toContain('--expert-parallel');
  });
  it("speaks of the role's own flags", async () => {
    const words = ['render', '--mode', 'disaggregated', '--decode-tensor-parallel-size', '4', '-o', 'json'];
    const { stdout } = await runCli([...component, ...words], { cwd });
    const [found] = JSON.parse(stdout).findings.filter((one: { level: string }) => one.level === 'error');
    expect(found).toMatchObject({ path: 'decodeTensorParallelSize' });
    expect(found.hint).toContain('--decode-tensor-parallel-size 1 or 2');
  });
  it('holds in the review of a saved manifest, whoever changed it', async () => {
    const { stdout } = await runCli([...component, 'render', '--release', '1.3.1', tp, '2'], { cwd });
    for (const size of ['2', '4']) {
      const file = join(cwd, `tp${size}.yaml`);
      writeFileSync(file, stdout.replace(/(--tensor-parallel-size"?\n\s+- )"2"/, `$1"${size}"`));
      const review = await runCli([...component, 'review', file, '--non-interactive', '-o', 'json'], { cwd });
      const rules = JSON.parse(review.stdout).findings.map((one: { rule: string }) => one.rule);
      expect(rules.includes('fit-illegal-fp8-block')).toBe(size === '4');
    }
  });
});
