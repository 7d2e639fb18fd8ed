import type { Device } from './graph.ts'
import { DeviceError } from './model-error.ts'

/** A device by name, or `auto` for the best that can be loaded. */
export type DeviceWish = Device | 'auto'

/** The device in use, and why it is that one. */
export interface DeviceChoice {
  readonly device: Device
  /** For people, e.g. `cpu: CUDA can't be loaded`. */
  readonly reason: string
}

/** The device to use. @throws DeviceError when the wished one isn't there. */
export function chooseDevice(wish: DeviceWish): DeviceChoice {
  if (wish === 'auto' || wish === 'cpu')
    return { device: 'cpu', reason: `cpu: ${wish === 'cpu' ? 'as asked' : 'default'}` }
  throw new DeviceError(`The device ${wish} can't be used.`)
}
