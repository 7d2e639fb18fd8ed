// The entry of the worker that makes maps: plain JavaScript, because Node 20 can't start a worker from TypeScript.
import { register } from 'tsx/esm/api'

// Hundreds of files that need no translation load faster before tsx looks at each.
await Promise.all(['apache-arrow', 'parquet-wasm', 'umap-js', 'ml-kmeans', 'ml-pca'].map((name) => import(name)))
register()
await import('./map-worker.ts')
