import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Device } from './graph.ts'
import { DeviceError } from './model-error.ts'

/** A device by name, or `auto` for the best that can be loaded. */
export type DeviceWish = Device | 'auto'

/** The device in use, and why it is that one. */
export interface DeviceChoice {
  readonly device: Device
  /** For people, e.g. `cpu: cuda can't be used (no NVIDIA GPU is visible)`. */
  readonly reason: string
}

/** What is looked at before a device is tried; tests give their own. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly exists: (path: string) => boolean
  readonly list: (path: string) => readonly string[]
}

/** How a device gets usable. */
const REMEDY: Readonly<Record<Device, string>> = {
  cpu: 'install onnxruntime-node for this platform',
  cuda: 'install the NVIDIA driver, CUDA and cuDNN 9, then "node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12"',
  tensorrt: 'install TensorRT beside what cuda needs ("--device cuda" says more)',
  webgpu: 'install a driver with Vulkan (Linux), Metal (macOS) or Direct3D 12 (Windows)',
  coreml: 'use macOS on Apple silicon',
  dml: 'use Windows with a Direct3D 12 GPU',
}

/** Devices that `auto` tries, best first. TensorRT is left out: it compiles each graph for minutes. */
export function candidates(platform: NodeJS.Platform): readonly Device[] {
  if (platform === 'darwin') return ['coreml', 'webgpu', 'cpu']
  if (platform === 'win32') return ['cuda', 'dml', 'webgpu', 'cpu']
  return ['cuda', 'webgpu', 'cpu']
}

/**
 * Tries devices until one can be opened.
 * @throws DeviceError when the wished one can't, saying why and what to install; for `auto`, when not even the CPU can.
 */
export async function chooseDevice<T>(
  wish: DeviceWish,
  open: (device: Device) => Promise<T>,
  machine: Machine = thisMachine(),
): Promise<{ readonly choice: DeviceChoice; readonly opened: T }> {
  if (wish !== 'auto')
    return { choice: { device: wish, reason: `${wish}: as asked` }, opened: await openAsked(wish, open) }
  const refused: string[] = []
  for (const device of candidates(machine.platform)) {
    const why = obstacle(device, machine)
    if (why !== undefined) {
      refused.push(`${device} can't be used (${why})`)
      continue
    }
    try {
      const opened = await open(device)
      return { choice: { device, reason: [`${device}:`, refused.join(', ') || 'the best there is'].join(' ') }, opened }
    } catch (error) {
      // A model that can't be opened anywhere must not be taken for a missing device.
      if (device === 'cpu') throw error
      refused.push(`${device} can't be used (${firstLine(error)})`)
    }
  }
  throw new DeviceError(`No device can be used: ${refused.join(', ')}.`)
}

async function openAsked<T>(device: Device, open: (device: Device) => Promise<T>): Promise<T> {
  try {
    return await open(device)
  } catch (cause) {
    if (device === 'cpu') throw cause
    throw new DeviceError(
      `The device ${device} can't be used (${firstLine(cause)}); ${REMEDY[device]}, or choose "auto".`,
      { cause },
    )
  }
}

/** A reason not even to try, seen without loading anything: failed attempts print to the terminal and take time. */
function obstacle(device: Device, machine: Machine): string | undefined {
  if (machine.platform !== 'linux') return undefined
  const nvidia = ['/dev/nvidia0', '/dev/dxg'].some(machine.exists)
  const anyGpu = nvidia || machine.list('/dev/dri').some((name) => name.startsWith('renderD'))
  if (device === 'cuda' && !nvidia) return 'no NVIDIA GPU is visible'
  if (device === 'cuda' && !machine.exists(cudaLibrary())) return 'its libraries are not installed'
  if (device === 'webgpu' && !anyGpu) return 'no GPU is visible'
  return undefined
}

function cudaLibrary(): string {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
  return join(root, 'bin', 'napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so')
}

function thisMachine(): Machine {
  const list = (path: string) => {
    try {
      return readdirSync(path)
    } catch {
      return []
    }
  }
  return { platform: process.platform, exists: existsSync, list }
}

function firstLine(error: unknown): string {
  return (error as Error).message.trim().split('\n')[0]?.replace(/\.$/, '') ?? ''
}
