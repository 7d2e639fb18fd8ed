import { jsonSchema } from '@promptloom/runner/configuration'
import type { Command } from 'commander'
import { configurationSchema } from '../configuration.ts'

/** Defines `promptloom config schema`. */
export function define(command: Command): void {
  command
    .addHelpText(
      'after',
      `
An editor that knows it completes keys and explains them: start a configuration file with
# yaml-language-server: $schema=promptloom.schema.json

Examples:
  promptloom config schema > config/promptloom.schema.json`,
    )
    .action(() => console.log(JSON.stringify(configurationJsonSchema(), null, 2)))
}

/** The JSON Schema of configuration files, kept in `config/promptloom.schema.json`. */
export function configurationJsonSchema(): Record<string, unknown> {
  return jsonSchema(configurationSchema, 'Promptloom configuration')
}
