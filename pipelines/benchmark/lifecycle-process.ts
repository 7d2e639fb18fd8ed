import { writeFileSync } from 'node:fs'
import { buildCopy, jobSchema, restartCopy } from './lifecycle.ts'

/**
 * A process of its own for a scratch store: the engine takes one folder a process, its memory is its own, and a restart
 * is a real one. Arguments: the job as JSON, and the file that the result is written to.
 */
async function main([text, result]: readonly string[]): Promise<void> {
  const job = jobSchema.parse(JSON.parse(text as string))
  const found = job.part === 'build' ? await buildCopy(job) : await restartCopy(job)
  writeFileSync(result as string, JSON.stringify(found))
}

await main(process.argv.slice(2))
