/** `install` as a person sees it, in a real pseudo-terminal of 80 columns. */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, text } from '../kit/process.ts';
import { keys, openTerminal, type Screen } from '../kit/terminal.ts';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');
const verb = ['nvidia-platform', 'dynamo-vllm', 'install'];

const open = (
  words: readonly string[],
  cwd: string,
  more: { env?: Record<string, string>; columns?: number } = {},
): Screen => openTerminal(process.execPath, [program, ...words], { cwd, ...more });

const enter = async (screen: Screen, question: RegExp): Promise<void> => {
  await screen.until(question);
  screen.press(keys.enter);
};

/** The eight questions before the last, answered by Enter. */
const eightEnters = async (screen: Screen): Promise<void> => {
  await enter(screen, /\? Enter model name: \(Qwen\/Qwen3-30B-A3B-Instruct-2507-FP8\)/);
  await enter(screen, /\? Select deployment mode:\s+❯ Aggregated\s+Disaggregated/);
  await enter(screen, /\? Tensor Parallel Size \(TP\): \(1\)/);
  await enter(screen, /\? Enable KV Router\? \(y\/N\)/);
  await enter(screen, /\? Enable KV Cache Offloading \(KVBM\)\? \(y\/N\)/);
  await enter(screen, /\? Worker replicas: \(1\)/);
  await enter(screen, /\? Additional vLLM args: \(--gpu-memory-utilization 0\.90 --block-size 128\)/);
  await enter(screen, /\? Deployment name: \(qwen3-30b-a3b-instruct-25\)/);
  await screen.until(/\? What would you like to do\?\s+❯ Deploy now\s+Review first\s+Save only/);
  await screen.until(/verified answer; but no cluster is seen/);
};

const answered = [
  '✔ Enter model name: Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
  'No cluster, so saving is possible and deploying is not. There is no kubeconfig:',
  'neither --kubeconfig, nor KUBECONFIG, nor ~/.kube/config names one.',
  '✔ Select deployment mode: Aggregated',
  '✔ Tensor Parallel Size (TP): 1',
  '✔ Enable KV Router? No',
  '✔ Enable KV Cache Offloading (KVBM)? No',
  '✔ Worker replicas: 1',
  '✔ Additional vLLM args: --gpu-memory-utilization 0.90 --block-size 128',
  '✔ Deployment name: qwen3-30b-a3b-instruct-25',
];

const folderIn = (cwd: string): string =>
  join(cwd, 'manifests', 'dynamo-system', 'qwen3-30b-a3b-instruct-25');

describe('nine times Enter', () => {
  it('goes through, says why it cannot deploy without a cluster, saves instead, and the saved answers give the same bytes', async () => {
    const cwd = newFolder();
    const screen = open(verb, cwd);
    await eightEnters(screen);
    expect(screen.lines().slice(0, answered.length)).toEqual(answered);
    screen.press(keys.enter);
    await enter(screen, /Save the manifests instead\? \(Y\/n\)/);
    expect(await screen.ended()).toBe(69);
    const shown = screen.text().replace(/\n/g, ' ');
    expect(shown).toContain('There is no kubeconfig');
    expect(screen.text()).toMatch(/GPUs in total\s+1/);
    expect(shown).toContain('kubectl apply -k manifests/dynamo-system/qwen3-30b-a3b-instruct-25');
    for (const line of screen.lines()) expect(line.length).toBeLessThanOrEqual(80);
    const files = readdirSync(folderIn(cwd))
      .filter(file => /^\d/.test(file))
      .sort();
    const again = execFileSync(
      process.execPath,
      [program, 'nvidia-platform', 'dynamo-vllm', 'render', '--answers', join(folderIn(cwd), 'answers.yaml')],
      { cwd, encoding: 'utf8', stdio: 'pipe' },
    );
    expect(again).toBe(files.map(file => text(folderIn(cwd), file)).join('---\n'));
  });

  it('ends with Save only, and the command it prints repeats the run without asking', async () => {
    const cwd = newFolder();
    const screen = open(verb, cwd);
    await eightEnters(screen);
    screen.press(keys.down + keys.down);
    await screen.until(/❯ Save only/);
    screen.press(keys.enter);
    expect(await screen.ended()).toBe(0);
    const flat = screen.text().replace(/\n/g, '');
    const command = /To repeat this run:\s+(.\/cli .*?--action save)/.exec(flat)?.[1] ?? '';
    expect(command).toContain("--vllm-args '--gpu-memory-utilization 0.90 --block-size 128'");
    const saved = text(folderIn(cwd), '03-dynamographdeployment.yaml');
    const other = newFolder();
    execFileSync('sh', ['-c', command.replace('./cli', `"${process.execPath}" "${program}"`)], {
      cwd: other,
      stdio: 'pipe',
    });
    expect(text(folderIn(other), '03-dynamographdeployment.yaml')).toBe(saved);
  });
});

describe('with a snapshot of a cluster that is too small', () => {
  const card = { name: 'L40S', visibleGib: 44.42, capability: 8.9, nvlink: false };
  const facts = {
    operatorRelease: '1.5.1',
    gpuPools: false,
    gpuNodes: [{ name: 'a', product: 'NVIDIA-L40S', gpu: card, freeGpus: 1, gpus: 4 }],
  };

  it('offers only legal sizes, marks the change that makes it fit, takes it with one key, and repeats it', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'facts.json'), JSON.stringify(facts));
    const screen = open([...verb, '--snapshot', 'facts.json', '--offline', '--action', 'save'], cwd);
    await enter(screen, /Enter model name/);
    await enter(screen, /Select deployment mode/);
    await screen.until(/❯ 1 {3}fits with --max-model-len \d+/);
    // 4 and 8 cut blocks of FP8, and no node has 16.
    expect(screen.text()).toMatch(
      / {2}1 {3}does not fit on 1 x L40S\n {2}2 {3}fits on 2 x L40S; 1 free on one node\n❯/,
    );
    screen.press(keys.enter);
    for (const question of [/KV Router/, /KVBM/, /Worker replicas/, /Deployment name/])
      await enter(screen, question);
    expect(await screen.ended()).toBe(0);
    const saved = text(folderIn(cwd), '03-dynamographdeployment.yaml');
    expect(saved).toMatch(/"--max-model-len"\n\s+- "\d{5}"/);
    const flat = screen.text().replace(/\n/g, '');
    const command = /To repeat this run:\s+(.\/cli .*?--offline)/.exec(flat)?.[1] ?? '';
    expect(command).toContain('--snapshot facts.json');
    rmSync(folderIn(cwd), { recursive: true });
    execFileSync('sh', ['-c', command.replace('./cli', `"${process.execPath}" "${program}"`)], {
      cwd,
      stdio: 'pipe',
    });
    expect(text(folderIn(cwd), '03-dynamographdeployment.yaml')).toBe(saved);
  });
});

describe('questions', () => {
  it('say on the spot what is wrong and what would be right', async () => {
    const screen = open([...verb, '--model', 'a/b', '--mode', 'aggregated'], newFolder());
    await screen.until(/Tensor Parallel Size/);
    screen.press(`0${keys.enter}`);
    await screen.until(/0 is not a whole number from 1 to 16/);
    screen.press(`${keys.backspace}two${keys.enter}`);
    await screen.until(/"two" is not a whole number from 1 to 16/);
    screen.press(`${keys.backspace.repeat(3)}2${keys.enter}`);
    await enter(screen, /Enable KV Router/);
    await enter(screen, /Enable KV Cache/);
    await enter(screen, /Worker replicas/);
    await screen.until(/Additional vLLM args/);
    screen.press(`--tensor-parallel-size 4${keys.enter}`);
    await screen.until(/given twice: 2 by --tensor-parallel-size/);
    screen.press(keys.interrupt);
    expect(await screen.ended()).toBe(130);
  });

  it('ask each role in disaggregated mode, and the cache sizes with KVBM', async () => {
    const screen = open([...verb, '--model', 'a/b'], newFolder());
    await screen.until(/Select deployment mode/);
    screen.press(keys.down + keys.enter);
    await enter(screen, /Prefill Tensor Parallel Size \(TP\)/);
    await enter(screen, /Decode Tensor Parallel Size \(TP\)/);
    await enter(screen, /Enable KV Router/);
    await screen.until(/Enable KV Cache Offloading/);
    screen.press(`y${keys.enter}`);
    await screen.until(/CPU cache size \(GB\): \(20\)/);
    screen.press(`0${keys.enter}`);
    await enter(screen, /disk cache size \(GB\): \(0\)/i);
    await screen.until(/both 0 GB/);
    screen.press(`50${keys.enter}`);
    await enter(screen, /Prefill worker replicas: \(1\)/);
    await enter(screen, /Decode worker replicas: \(1\)/);
    await screen.until(/Additional vLLM args/);
    screen.press(keys.interrupt);
    expect(await screen.ended()).toBe(130);
  });

  it('refuse what was given wrongly before the first one', async () => {
    const screen = open([...verb, '--release', '0.5.0'], newFolder());
    expect(await screen.ended()).toBe(65);
    expect(screen.text()).not.toContain('Enter model name');
  });
});

describe('Ctrl-C', () => {
  it.each([0, 1, 3, 5, 8])(
    'after %d answers leaves with 130, a sentence, and nothing written',
    async count => {
      const cwd = newFolder();
      const screen = open(verb, cwd);
      const questions = [
        /Enter model/,
        /Select deployment/,
        /\(TP\)/,
        /KV Router/,
        /KVBM/,
        /replicas/,
        /vLLM args/,
        /Deployment name/,
        /What would/,
      ];
      for (const question of questions.slice(0, count)) await enter(screen, question);
      await screen.until(questions[count] ?? /nothing/);
      screen.press(keys.interrupt);
      expect(await screen.ended()).toBe(130);
      expect(screen.text()).toContain('nothing was changed');
      expect(screen.text()).not.toMatch(/\n\s+at /);
      expect(readdirSync(cwd)).toEqual([]);
    },
  );
});

describe('review', () => {
  const review = async (cwd: string, env: Record<string, string> = {}): Promise<Screen> => {
    const screen = open(
      [
        ...verb,
        '--model',
        'Qwen/Qwen3-0.6B',
        '--mode',
        'aggregated',
        '--no-kv-router',
        '--no-kvbm',
        '--replicas',
        '1',
        '--tensor-parallel-size',
        '1',
        '--vllm-args',
        '',
        '--name',
        'small',
        '--action',
        'review',
      ],
      cwd,
      { env },
    );
    await screen.until(/❯ Deploy\n\s+Change a setting\n\s+Save\n\s+Open in \$EDITOR\n\s+Quit/);
    return screen;
  };

  it('shows the summary, the manifests and every finding, and leaves without writing', async () => {
    const cwd = newFolder();
    const screen = await review(cwd);
    expect(screen.text()).toMatch(/Deployment\s+small in namespace dynamo-system/);
    expect(screen.text()).toContain('kind: DynamoGraphDeployment');
    expect(screen.text()).toMatch(/\.\.\. \d+ more lines of script/);
    expect(screen.text()).toContain('(cache-access-mode-assumed)');
    expect(screen.raw()).toContain('\u001b[36mkind\u001b[39m');
    screen.press(keys.up + keys.enter);
    expect(await screen.ended()).toBe(0);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('changes one setting by asking it alone, and renders anew', async () => {
    const cwd = newFolder();
    const screen = await review(cwd);
    screen.press(keys.down + keys.enter);
    await screen.until(/Which setting\?/);
    screen.press('routerT');
    await screen.until(/❯ routerTemperature: 0\.5/);
    screen.press(keys.backspace.repeat(7));
    screen.press('replicas');
    await screen.until(/❯ replicas: 1/);
    screen.press(keys.enter);
    await screen.until(/Worker replicas: \(1\)/);
    screen.press(`3${keys.enter}`);
    await screen.until(/worker\s+3 replicas x 1 GPU[\s\S]*❯ Deploy/);
    screen.press(keys.down + keys.down + keys.enter);
    expect(await screen.ended()).toBe(0);
    expect(text(cwd, 'manifests/dynamo-system/small/03-dynamographdeployment.yaml')).toContain('replicas: 3');
  });

  it('opens the editor, checks what comes back, and saves it', async () => {
    const cwd = newFolder();
    const editor = join(cwd, 'editor');
    writeFileSync(
      editor,
      '#!/bin/sh\nfor file; do sed -i "s/replicas: 1/replicas: 4/; s/value: \\"1\\"/value: \\"0\\"/" "$file"; done\n',
    );
    chmodSync(editor, 0o755);
    const screen = await review(cwd, { EDITOR: editor });
    screen.press(keys.down + keys.down + keys.down + keys.enter);
    await screen.until(/worker\s+4 replicas[\s\S]*❯ Deploy/);
    screen.press(keys.down + keys.down + keys.enter);
    expect(await screen.ended()).toBe(0);
    expect(text(cwd, 'manifests/dynamo-system/small/03-dynamographdeployment.yaml')).toContain('replicas: 4');
  });

  it('says when the editor cannot be started, and goes on', async () => {
    const screen = await review(newFolder(), { EDITOR: '/nonexistent/editor' });
    screen.press(keys.down + keys.down + keys.down + keys.enter);
    await screen.until(/could not be used; nothing was\s+changed/);
    screen.press(keys.interrupt);
    expect(await screen.ended()).toBe(130);
  });

  it('opens a saved folder and asks before it replaces changes made by hand', async () => {
    const cwd = newFolder();
    const first = await review(cwd);
    first.press(keys.down + keys.down + keys.enter);
    await first.ended();
    const folder = join(cwd, 'manifests/dynamo-system/small');
    writeFileSync(join(folder, '02-job.yaml'), `${text(folder, '02-job.yaml')}# mine\n`);
    const again = await review(cwd);
    again.press(keys.down + keys.down + keys.enter);
    await enter(again, /Replace it\? \(y\/N\)/);
    await again.until(/Replace it\? No[\s\S]*❯ Deploy/);
    again.press(keys.interrupt);
    expect(await again.ended()).toBe(130);
    const screen = open(['nvidia-platform', 'dynamo-vllm', 'review'], cwd);
    await screen.until(/changed by hand since it was saved[\s\S]*❯ Deploy/);
    screen.press(keys.down + keys.down + keys.enter);
    expect(await screen.ended()).toBe(0);
    expect(screen.text()).toContain('Saved again');
    expect(text(folder, '02-job.yaml')).toContain('# mine');
  });
});

describe('the terminal', () => {
  it('gets no colour with NO_COLOR', async () => {
    const cwd = newFolder();
    const screen = open([...verb, '--yes', '--action', 'save'], cwd, { env: { NO_COLOR: '1' } });
    expect(await screen.ended()).toBe(0);
    expect(screen.raw()).not.toContain('\u001b[3');
    expect(existsSync(folderIn(cwd))).toBe(true);
  });

  it('offers a menu to who types nothing', async () => {
    const screen = open([], newFolder());
    await enter(screen, /Which category\?\s+❯ nvidia-platform/);
    await enter(screen, /Which component\?\s+❯ dynamo-vllm/);
    await screen.until(/What would you like to do\?\s+Deploy\s+❯ install/);
    screen.press(keys.interrupt);
    expect(await screen.ended()).toBe(130);
  });

  it('goes back in the menu with Esc, and leaves with it at the first question', async () => {
    const screen = open([], newFolder());
    await enter(screen, /Which category\?\s+❯ nvidia-platform/);
    await enter(screen, /Which component\?\s+❯ dynamo-vllm/);
    await screen.until(/What would you like to do\?\s+Deploy\s+❯ install/);
    screen.press(keys.escape);
    await screen.until(/^\? Which component\?\s+❯ dynamo-vllm/);
    screen.press(keys.escape);
    await screen.until(/^\? Which category\?\s+❯ nvidia-platform/);
    screen.press(keys.escape);
    expect(await screen.ended()).toBe(130);
    expect(screen.text()).toBe('Nothing was chosen.');
  });

  it('is not needed for help, which fits into 80 columns', async () => {
    const screen = open([...verb, '--help'], newFolder());
    expect(await screen.ended()).toBe(0);
    expect(screen.text()).toContain('--tensor-parallel-size <N>');
    for (const line of screen.lines()) expect(line.length).toBeLessThanOrEqual(80);
  });
});
