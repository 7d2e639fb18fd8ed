import { resolve } from 'node:path'
import { loadConfiguration } from '@promptloom/runner/configuration'
import { type Command, InvalidArgumentError } from 'commander'
import { type Configuration, configurationSchema, rememberedConfiguration } from './configuration.ts'

/** Flags of every command that works on a workspace. */
export interface ConfigurationFlags {
  readonly config?: string
  readonly workspace?: string
  readonly source?: string
  readonly model?: string
}

/** Adds the flags that say which workspace, and with which configuration. */
export function configurationOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file in YAML; default: what the workspace last ran with')
    .option('--workspace <folder>', 'where the run keeps everything; default data/runs/default')
    .option('--source <file|url|kaggle:…>', 'the collection to read')
    .option('--model <folder>', 'model directory in the Hugging Face layout')
}

/** Adds the flags that select a part of the pipeline. */
export function selectionOptions(command: Command): Command {
  return command
    .option('--only <stage>', 'this stage alone, on what earlier ones have left')
    .option('--from <stage>', 'start with this stage')
    .option('--to <stage>', 'stop after this stage')
}

/**
 * The configuration that the flags mean: the file's, or that of the workspace's last run, under the flags.
 * Paths are taken from the current folder and made absolute.
 * @throws UserError for a file that can't be read, an unknown key or a wrong value.
 */
export async function loadFor(flags: ConfigurationFlags): Promise<Configuration> {
  const { workspace, source, model } = flags
  const file = flags.config ?? (await rememberedConfiguration(workspace ?? 'data/runs/default'))
  const overrides = { workspace, source, model }
  const configuration = await loadConfiguration({ schema: configurationSchema, file, overrides })
  return {
    ...configuration,
    workspace: resolve(configuration.workspace),
    model: resolve(configuration.model),
    ...(configuration.source ? { source: absoluteSource(configuration.source) } : {}),
  }
}

/** A local file's absolute path; URLs and Kaggle names stay as they are. */
function absoluteSource(source: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(source) ? source : resolve(source)
}

/** Reads the value of an option that counts something: a whole number above 0. */
export function counted(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgumentError('Expected a whole number above 0.')
}

/** Reads the value of an option that takes several counts, with commas between them. */
export function countedList(text: string): number[] {
  const values = text.split(',').map(Number)
  if (values.every((value) => Number.isSafeInteger(value) && value > 0)) return values
  throw new InvalidArgumentError('Expected whole numbers above 0 with commas between them, e.g. 64,128.')
}
