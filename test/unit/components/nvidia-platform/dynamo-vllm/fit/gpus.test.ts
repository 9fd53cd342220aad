import { describe, expect, it } from 'vitest';
import {
  gpuNamed,
  gpuOfMemory,
  gpus,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/gpus.ts';
import { instanceGpus } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/fit/instances.ts';

describe('names of GPUs', () => {
  it.each<[string, string]>([
    ['Tesla-T4', 'T4'],
    ['NVIDIA-A10G', 'A10G'],
    ['NVIDIA-A10', 'A10'],
    ['NVIDIA-A100-SXM4-40GB', 'A100-40GB'],
    ['A100-SXM4-40GB', 'A100-40GB'],
    ['NVIDIA-A100-SXM4-80GB', 'A100-80GB'],
    ['NVIDIA-A100-80GB-PCIe', 'A100-80GB'],
    ['nvidia-a100-80gb', 'A100-80GB'],
    ['NVIDIA-L4', 'L4'],
    ['nvidia-l4', 'L4'],
    ['l40s', 'L40S'],
    ['NVIDIA-L40S-SHARED', 'L40S'],
    ['H100', 'H100-80GB'],
    ['NVIDIA-H100-80GB-HBM3', 'H100-80GB'],
    ['NVIDIA-H100-NVL', 'H100-NVL'],
    ['nvidia-h100-mega-80gb', 'H100-80GB'],
    ['H100_NVLINK_80GB', 'H100-80GB'],
    ['A100_NVLINK_80GB', 'A100-80GB'],
    ['A100SXM4-80GB', 'A100-80GB'],
    ['H100SXM', 'H100-80GB'],
    ['NVIDIA-H200', 'H200'],
    ['NVIDIA-H20-3e', 'H20-141GB'],
    ['NVIDIA-H20', 'H20-96GB'],
    ['NVIDIA-B200', 'B200'],
    ['NVIDIA-B300-SXM6-AC', 'B300'],
    ['NVIDIA-GB200', 'GB200'],
    ['NVIDIA-GB300', 'GB300'],
    ['NVIDIA-GB10', 'GB10'],
    ['NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition', 'RTX-PRO-6000'],
    ['RTX PRO 6000', 'RTX-PRO-6000'],
    ['rtx-pro-server-6000', 'RTX-PRO-6000'],
    ['NVIDIA-GeForce-RTX-5090', 'RTX-5090'],
    ['NVIDIA-RTX-A6000', 'RTX-A6000'],
    ['NVIDIA-Tesla-V100-SXM2-32GB', 'V100-32GB'],
  ])('%s is %s', (label, name) => {
    expect(gpuNamed(label)?.name).toBe(name);
  });
  it('knows each of its own names', () => {
    for (const { name } of gpus) expect(gpuNamed(name)?.name).toBe(name);
  });
  it('tells an A100 by its memory, and a slice by its name', () => {
    expect(gpuNamed('A100', 81_920)?.name).toBe('A100-80GB');
    expect(gpuNamed('NVIDIA-A100-SXM4-80GB-MIG-3g.40gb')?.visibleGib).toBeCloseTo(38.8);
  });
  it('does not know what it does not know', () => {
    expect(gpuNamed('MI300X')).toBeUndefined();
    expect(gpuNamed('')).toBeUndefined();
    const others = ['NVIDIA-RTX-A1000', 'H100O', 'B2000', 'NVIDIA-GeForce-RTX-4090-Laptop-GPU', 'RTX-A60000'];
    expect(others.map(name => gpuNamed(name)?.name)).toEqual(others.map(() => undefined));
    expect(gpuOfMemory('new', 102_400, null)).toMatchObject({ visibleGib: 97, capability: null });
  });
});

describe('machine types', () => {
  it.each<[string, string, number]>([
    ['g6.12xlarge', 'L4', 4],
    ['g6.xlarge', 'L4', 1],
    ['g6e.48xlarge', 'L40S', 8],
    ['g7e.12xlarge', 'RTX-PRO-6000', 2],
    ['p4d.24xlarge', 'A100-40GB', 8],
    ['p5.4xlarge', 'H100-80GB', 1],
    ['p5en.48xlarge', 'H200', 8],
    ['p6-b200.48xlarge', 'B200', 8],
    ['Standard_NC48ads_A100_v4', 'A100-80GB', 2],
    ['Standard_ND96asr_v4', 'A100-40GB', 8],
    ['Standard_ND96amsr_A100_v4', 'A100-80GB', 8],
    ['Standard_NC80adis_H100_v5', 'H100-NVL', 2],
    ['Standard_ND96isr_H200_v5', 'H200', 8],
    ['Standard_NV36ads_A10_v5', 'A10', 1],
    ['a2-highgpu-4g', 'A100-40GB', 4],
    ['a2-ultragpu-8g', 'A100-80GB', 8],
    ['a3-megagpu-8g', 'H100-80GB', 8],
    ['a4-highgpu-8g', 'B200', 8],
    ['g2-standard-24', 'L4', 2],
  ])('%s has %s x %i', (type, name, count) => {
    const found = instanceGpus(type);
    expect([found?.gpu.name, found?.count]).toEqual([name, count]);
  });
  it.each(['g6f.xlarge', 'm5.large', 'g6', 'g6.huge', 'Standard_NC24ads_H200_v9', 'g2-standard-5'])(
    '%s is none of them',
    type => {
      expect(instanceGpus(type)).toBeUndefined();
    },
  );
});
