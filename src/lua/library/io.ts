/** What is left of the io library: output, which goes to the log. Files are the operator's. */
import { LuaTable } from '../runtime/table.ts';
import type { LuaValue, Table } from '../runtime/value.ts';
import { stringArgument, tableArgument } from './arguments.ts';
import type { LibraryHost } from './host.ts';
import { tableOfFields, type Library } from './results.ts';

export function ioFunctions(host: LibraryHost): Library {
  /** What a call writes is a line of the log; a line feed at its end is the log's own. */
  function log(values: readonly LuaValue[]): void {
    const texts = values.map((value, offset) => stringArgument(value, offset + 1, 'write', values.length));
    const text = texts.join('');
    if (text !== '') host.print(text.replace(/\n$/, ''));
  }

  const methods = tableOfFields({
    flush: (file: LuaValue) => file,
    write(file: LuaValue, ...values: LuaValue[]): LuaValue {
      tableArgument(file, 1, 'write', arguments.length);
      log(values);
      return file;
    },
  });
  const fileMetatable = tableOfFields({ __index: methods, __name: 'FILE*' });
  const file = (): Table => {
    const opened = new LuaTable<LuaValue>();
    opened.metatable = fileMetatable;
    return opened;
  };
  const stdout = file();

  function write(...values: LuaValue[]): LuaValue {
    log(values);
    return stdout;
  }

  return { flush: () => stdout, stderr: file(), stdout, write };
}
