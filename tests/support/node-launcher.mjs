// Loads a handler as Lambda's Node.js client does (written after UserFunction.js of aws/aws-lambda-nodejs-runtime-interface-client 3.3)
// and prints how that ended as one line of JSON. usage: node FLAGS node-launcher.mjs ROOT HANDLER, with NODE_PATH set.
import { existsSync, readFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const [root, handler] = process.argv.slice(2);
const task = path.join(root, "var/task");

// Lambda's Node.js is patched to look for imported packages along NODE_PATH too; here a hook does it
const hooks = `
const folders = ${JSON.stringify((process.env.NODE_PATH ?? "").split(":").filter(Boolean))};
export async function resolve(specifier, context, next) {
  try { return await next(specifier, context); } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || /^[./#]|^[a-z]+:/.test(specifier)) throw error;
    if (!error.message.startsWith("Cannot find package")) throw error;
    for (const folder of folders.filter((one) => one.endsWith("/node_modules"))) {
      const stand = folder.slice(0, -"node_modules".length) + "x.js";
      try {
        return await next(specifier, { ...context, parentURL: "file://" + stand });
      } catch (other) {
        if (other.code === "ERR_MODULE_NOT_FOUND" && other.message.startsWith("Cannot find package '" + specifier)) continue;
        throw other;
      }
    }
    throw error;
  }
}`;
if (module.register && handler) module.register("data:text/javascript," + encodeURIComponent(hooks));

const tryRequire = (file) => (existsSync(file) ? require(file) : undefined);
const tryImport = async (file) => (existsSync(file) ? await import(file) : undefined);

function saysModule(folder) {
  if (folder.endsWith("/node_modules")) return false;
  const file = path.join(folder, "package.json");
  if (existsSync(file)) {
    try {
      const json = JSON.parse(readFileSync(file));
      if (json) return json.type === "module";
    } catch {
      return false;
    }
  }
  return folder === "/" ? false : saysModule(path.resolve(folder, ".."));
}

async function load() {
  const malformed = (message) => ({ type: "Runtime.MalformedHandlerName", message: `Runtime.MalformedHandlerName: ${message}` });
  if (handler.includes("..")) {
    return malformed(`'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  if (!/^([^.]*)\.(.*)$/.test(path.basename(handler))) return malformed("Bad handler");
  const base = path.basename(handler);
  const folder = handler.substring(0, handler.indexOf(base));
  const [, name, names] = base.match(/^([^.]*)\.(.*)$/);
  const file = path.resolve(task, folder, name);
  const found = async () => {
    const exact = tryRequire(file);
    if (exact) return exact;
    const isModule = existsSync(file + ".js") && saysModule(path.dirname(file));
    return (
      (!isModule && tryRequire(file + ".js")) ||
      (isModule && (await tryImport(file + ".js"))) ||
      (await tryImport(file + ".mjs")) ||
      tryRequire(file + ".cjs") ||
      require(require.resolve(name, { paths: [task, folder] }))
    );
  };
  const loaded = await found();
  const value = names.split(".").reduce((nested, key) => nested && nested[key], loaded);
  if (!value) return { type: "Runtime.HandlerNotFound", message: `${handler} is undefined or not exported` };
  if (typeof value !== "function") return { type: "Runtime.HandlerNotFound", message: `${handler} is not a function` };
  return { ok: true };
}

function told(error) {
  const type =
    error instanceof SyntaxError
      ? "Runtime.UserCodeSyntaxError"
      : error?.code === "MODULE_NOT_FOUND"
        ? "Runtime.ImportModuleError"
        : error?.name;
  return { type, code: error?.code, message: String(error).replaceAll(root, "") };
}

process.chdir(task);
const outcome = await load().catch(told);
process.stdout.write("\n" + JSON.stringify(outcome) + "\n", () => process.exit(0));
