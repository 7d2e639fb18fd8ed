import type { Command } from 'commander'

/** One command: its words, what it is for, and the file that defines it, loaded only when it is called. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<{ define(command: Command): void }>
}

/** All commands, in the order in which help lists them. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'Run everything on the sample collection: no account, no server, no download',
    load: () => import('./demo.ts'),
  },
  {
    name: 'run',
    summary: 'Bring the pipeline up to date: from the source to a searchable database',
    load: () => import('./run.ts'),
  },
  { name: 'plan', summary: 'Show what a run would do, and why, without doing it', load: () => import('./plan.ts') },
  {
    name: 'status',
    summary: 'Show where each stage stands, and how every row ended',
    load: () => import('./status.ts'),
  },
  {
    name: 'retry',
    summary: 'Try again the rows of a stage that ended in given outcomes',
    load: () => import('./retry.ts'),
  },
  {
    name: 'report',
    summary: 'Show the benchmark report, and fail a batch that got worse',
    load: () => import('./report.ts'),
  },
  {
    name: 'search',
    summary: 'Ask the collection: by words, by pictures, or by both',
    load: () => import('./search.ts'),
  },
  {
    name: 'refine',
    summary: 'Improve a prompt from what the collection has that is like it',
    load: () => import('./refine.ts'),
  },
  { name: 'generate', summary: 'Paint a prompt, and keep the pictures', load: () => import('./generate.ts') },
  { name: 'keep', summary: 'Put pictures and their prompts into the collection', load: () => import('./keep.ts') },
  {
    name: 'ingest',
    summary: 'Take in pictures and prompts that other programs made, once or as they come',
    load: () => import('./ingest.ts'),
  },
  { name: 'rate', summary: 'Say what you think of a row, from 1 to 5', load: () => import('./rate.ts') },
  {
    name: 'lineage',
    summary: 'Show where a row comes from, and what was made from it',
    load: () => import('./lineage.ts'),
  },
  {
    name: 'forget',
    summary: 'Take rows out for good, with pictures, vectors and what was made from them',
    load: () => import('./forget.ts'),
  },
  {
    name: 'calibrate',
    summary: 'Find the score below which hits are no better than chance',
    load: () => import('./calibrate.ts'),
  },
  {
    name: 'bench search',
    summary: 'Measure how often search finds what it should, and how fast',
    load: () => import('./bench-search.ts'),
  },
  {
    name: 'studio',
    summary: 'Open the page: search, improve, paint, keep, follow the runs, look at the map',
    load: () => import('./studio.ts'),
  },
  {
    name: 'bench ratings',
    summary: 'Measure on your own ratings whether the CLIP score tells better from worse',
    load: () => import('./bench-ratings.ts'),
  },
  {
    name: 'bench feedback',
    summary: 'Measure whether improving prompts helps: CLIP score and novelty before and after',
    load: () => import('./bench-feedback.ts'),
  },
  { name: 'serve', summary: 'Answer questions over HTTP, with the model kept warm', load: () => import('./serve.ts') },
  { name: 'model', summary: 'List, download or prove models', load: () => import('./model.ts') },
  {
    name: 'bench fetch',
    summary: 'Measure fetching and checking pictures next to the bare cost of decoding and encoding',
    load: () => import('./bench-fetch.ts'),
  },
  {
    name: 'bench embed',
    summary: 'Measure embedding against bare ONNX Runtime and transformers.js',
    load: () => import('./bench-embed.ts'),
  },
  {
    name: 'bench vectors',
    summary: 'Measure a public data set (ann-benchmarks HDF5), or write ours as one',
    load: () => import('./bench-vectors.ts'),
  },
  { name: 'store', summary: 'Show, drop or export what the database holds', load: () => import('./store.ts') },
  {
    name: 'config schema',
    summary: 'Print the JSON Schema of configuration files',
    load: () => import('./config-schema.ts'),
  },
  {
    name: 'bench store',
    summary: 'Measure loading, indexing and searching of the embedded store, next to others',
    load: () => import('./bench-store.ts'),
  },
  {
    name: 'evaluate-demo',
    summary: "Print the sample model's figures on pairs that it never saw",
    load: () => import('./evaluate-demo.ts'),
  },
]
