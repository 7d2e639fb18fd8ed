import { parentPort, workerData } from 'node:worker_threads'
import { makeMap } from './map-making.ts'
import type { MapMessage, MapTask } from './map-task.ts'

const say = (message: MapMessage) => parentPort?.postMessage(message)

try {
  const map = await makeMap(workerData as MapTask, (fraction, state) => say({ type: 'progress', fraction, state }))
  say({ type: 'done', map })
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  say({ type: 'failed', message, stack })
}
