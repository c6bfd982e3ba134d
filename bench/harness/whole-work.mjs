/** A lane that lets somebody through who must be refused is fast for the wrong reason: such a comparison is an error. */
export async function requireWholeWork({ name, call }, good, refused) {
  for (const input of good) if ((await call(input)) !== true) throw new Error(`${name} refuses a good client`)
  for (const [fault, input] of refused) {
    if ((await call(input)) === true) throw new Error(`${name} does not do the whole work: ${fault} passes`)
  }
}
