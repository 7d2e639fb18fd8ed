// The entry of an inference worker: plain JavaScript, because Node 20 can't start a worker from TypeScript.
import { register } from 'tsx/esm/api'

register()
await import('./inference-worker.ts')
