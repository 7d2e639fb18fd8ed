import { run } from '@promptloom/runner/run'
import { feedbackOptions } from '../options.ts'
import { feedbackStage } from '../stage.ts'
import { callLog, PICTURE_RULES, queueDouble, takeAll } from './queue.double.ts'

// A program that works on a queue, to be killed from outside: workspace, file of prompts, file that counts calls.
const [workspace, file, calls] = process.argv.slice(2) as [string, string, string]
const queue = { source: { file }, variants: 2, pictures: 2, shardPrompts: 2, concurrency: 2 }
const options = feedbackOptions.parse({ pictures: PICTURE_RULES, queue })
const stage = feedbackStage({ examine: takeAll, queue: queueDouble({ onCall: callLog(calls), delayMs: 10 }) })
const { exitCode } = await run({ workspace, pipeline: [{ stage: stage as never, options }] })
process.exitCode = exitCode
