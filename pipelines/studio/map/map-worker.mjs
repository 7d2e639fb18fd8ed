// The entry of the worker that makes maps: plain JavaScript, because Node 20 can't start a worker from TypeScript.
import { register } from 'tsx/esm/api'

register()
await import('./map-worker.ts')
