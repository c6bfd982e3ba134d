import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { folder, outputOf, root, slowest } from './command.mjs'

const { resolve } = createRequire(join(folder, 'package.json'))

/** The configuration from the guide, with paths to the packages of this folder. */
function configurationOfGuide() {
  const guide = readFileSync(join(root, 'docs', 'guides', 'commonjs.md'), 'utf8')
  const block = /```js jest\.config\.cjs\n([\s\S]*?)```/.exec(guide)?.[1]
  if (block === undefined) throw new Error('docs/guides/commonjs.md has no jest.config.cjs')
  return block.replace(/'(babel-jest|@babel\/[\w-]+)'/g, (_quoted, name) => JSON.stringify(resolve(name)))
}

/**
 * Jest in CommonJS mode, in a Node of this folder.
 *
 * @param {{ compiles: boolean }} options whether Jest compiles the package, as in the guide for old versions of Node; otherwise
 *   it uses Node's ES modules, which need the flag from the guide
 */
export function jest(nodePath, { compiles }) {
  // Found when it is used: this module is loaded before the runtimes are installed.
  const findCommand = () => resolve('jest/bin/jest')
  return {
    version: () => outputOf(nodePath, [findCommand(), '--version']),
    run({ consumer }) {
      const directory = join(consumer, compiles ? 'jest-compiled' : 'jest-native')
      mkdirSync(directory)
      writeFileSync(join(directory, 'package.json'), '{ "name": "jest-user", "private": true }\n')
      writeFileSync(join(directory, 'jest.config.cjs'), compiles ? configurationOfGuide() : 'module.exports = {}\n')
      cpSync(join(consumer, 'suite', 'commonjs.test.cjs'), join(directory, 'commonjs.test.cjs'))
      const flags = compiles ? [] : ['--experimental-vm-modules']
      const options = { cwd: directory, encoding: 'utf8', timeout: slowest, maxBuffer: 64 << 20 }
      const done = spawnSync(nodePath, [...flags, findCommand(), '--json', '--no-cache'], options)
      if (!done.stdout.startsWith('{')) throw new Error(`jest printed no results\n${done.stdout}${done.stderr}`)
      const { numPassedTests, testResults } = JSON.parse(done.stdout)
      const failures = testResults.flatMap(({ message, assertionResults }) => {
        const failed = assertionResults.filter(({ status }) => status !== 'passed')
        if (assertionResults.length === 0) return [message]
        return failed.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join(' ')}`)
      })
      return { passed: numPassedTests, failures }
    },
  }
}
