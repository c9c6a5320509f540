// Asks a scripted model server that answers anything, with the official client of each provider:
//   node clients.mjs http://127.0.0.1:PORT
// The packages are resolved from the current folder. One line for each check; exit 1 if any failed.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const base = process.argv[2];
const model = 'scripted';
const messages = [{ role: 'user', content: 'Say something.' }];
const schema = {
  type: 'object',
  properties: {
    verdict: { type: 'string', enum: ['pass', 'fail'] },
    points: { type: 'integer', minimum: 1, maximum: 10 },
  },
  required: ['verdict', 'points'],
  additionalProperties: false,
};
const wanted = { verdict: 'pass', points: 1 };

const resolve = createRequire(path.join(process.cwd(), 'here.js')).resolve;
const load = async (name) => import(pathToFileURL(resolve(name)).href);

let failed = 0;
async function check(what, body) {
  try {
    await body();
    console.log(`ok    ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${what}: ${error?.status ?? ''} ${error?.message ?? error}`);
  }
}

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function openaiChat(client) {
  const create = (more) => client.chat.completions.create({ model, messages, ...more });
  await check('openai: list of models', async () => {
    const list = await client.models.list();
    assert.ok(list.data.length > 0);
  });
  await check('openai: whole answer', async () => {
    const reply = await create({ max_tokens: 100 });
    assert.equal(reply.choices[0].finish_reason, 'stop');
    assert.ok(reply.choices[0].message.content.length > 0);
    assert.ok(reply.usage.completion_tokens > 0);
  });
  await check('openai: stream with usage', async () => {
    const chunks = await collect(await create({ stream: true, stream_options: { include_usage: true } }));
    assert.ok(chunks.some((chunk) => chunk.choices[0]?.finish_reason === 'stop'));
    assert.ok(chunks.at(-1).usage.prompt_tokens > 0);
  });
  await check('openai: streamed call of a tool', async () => {
    const tools = [{ type: 'function', function: { name: 'report', parameters: schema } }];
    const stream = client.chat.completions.stream({ model, messages, tools, tool_choice: 'required' });
    const message = await stream.finalMessage();
    assert.equal(message.tool_calls[0].function.name, 'report');
    assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), wanted);
  });
  await check('openai: answer by schema', async () => {
    const json_schema = { name: 'report', strict: true, schema };
    const reply = await create({ response_format: { type: 'json_schema', json_schema } });
    assert.deepEqual(JSON.parse(reply.choices[0].message.content), wanted);
  });
}

async function openaiResponses(client) {
  const create = (more) => client.responses.create({ model, input: 'Say something.', ...more });
  await check('responses: whole answer', async () => {
    const reply = await create({ max_output_tokens: 100 });
    assert.equal(reply.status, 'completed');
    assert.ok(reply.output_text.length > 0);
    assert.ok(reply.usage.total_tokens > 0);
  });
  await check('responses: stream', async () => {
    const events = await collect(await create({ stream: true }));
    assert.equal(events[0].type, 'response.created');
    assert.equal(events.at(-1).type, 'response.completed');
    const text = events.filter((e) => e.type === 'response.output_text.delta').map((e) => e.delta);
    assert.equal(text.join(''), events.at(-1).response.output[0].content[0].text);
  });
  await check('responses: call of a tool', async () => {
    const tools = [{ type: 'function', name: 'report', parameters: schema, strict: true }];
    const reply = await create({ tools, tool_choice: 'required' });
    const call = reply.output.find((item) => item.type === 'function_call');
    assert.ok(call.call_id);
    assert.deepEqual(JSON.parse(call.arguments), wanted);
  });
  await check('responses: answer by schema', async () => {
    const format = { type: 'json_schema', name: 'report', strict: true, schema };
    const reply = await create({ text: { format } });
    assert.deepEqual(JSON.parse(reply.output_text), wanted);
  });
}

async function anthropic(client) {
  const question = { model, messages, max_tokens: 100 };
  await check('anthropic: whole answer', async () => {
    const reply = await client.messages.create(question);
    assert.equal(reply.stop_reason, 'end_turn');
    assert.ok(reply.content[0].text.length > 0);
    assert.ok(reply.usage.output_tokens > 0);
  });
  await check('anthropic: stream', async () => {
    const seen = [];
    const stream = client.messages.stream(question);
    stream.on('streamEvent', (event) => seen.push(event.type));
    const reply = await stream.finalMessage();
    assert.equal(reply.stop_reason, 'end_turn');
    assert.equal(seen[0], 'message_start');
    assert.equal(seen.at(-1), 'message_stop');
  });
  await check('anthropic: streamed call of a tool', async () => {
    const tools = [{ name: 'report', input_schema: schema }];
    const reply = await client.messages
      .stream({ ...question, tools, tool_choice: { type: 'any' } })
      .finalMessage();
    assert.equal(reply.stop_reason, 'tool_use');
    assert.deepEqual(reply.content.find((block) => block.type === 'tool_use').input, wanted);
  });
  await check('anthropic: answer by schema', async () => {
    const reply = await client.messages.create({
      ...question,
      output_config: { format: { type: 'json_schema', schema } },
    });
    assert.deepEqual(JSON.parse(reply.content[0].text), wanted);
  });
  await check('anthropic: count of tokens', async () => {
    const count = await client.messages.countTokens({ model, messages });
    assert.ok(count.input_tokens > 0);
  });
}

async function gemini(client) {
  const question = { model, contents: 'Say something.' };
  await check('gemini: whole answer', async () => {
    const reply = await client.models.generateContent({ ...question, config: { maxOutputTokens: 100 } });
    assert.equal(reply.candidates[0].finishReason, 'STOP');
    assert.ok(reply.text.length > 0);
    assert.ok(reply.usageMetadata.totalTokenCount > 0);
  });
  await check('gemini: stream', async () => {
    const chunks = await collect(await client.models.generateContentStream(question));
    assert.ok(chunks.length > 1);
    assert.equal(chunks.at(-1).candidates[0].finishReason, 'STOP');
  });
}

async function ollama(client) {
  await check('ollama: stream', async () => {
    const lines = await collect(await client.chat({ model, messages, stream: true }));
    assert.equal(lines.at(-1).done_reason, 'stop');
    assert.ok(lines.at(-1).eval_count > 0);
  });
  await check('ollama: list of models', async () => {
    assert.ok((await client.list()).models.length > 0);
  });
}

const { default: OpenAI } = await load('openai');
const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 });
await openaiChat(openai);
await openaiResponses(openai);
const { default: Anthropic } = await load('@anthropic-ai/sdk');
await anthropic(new Anthropic({ baseURL: base, apiKey: 'none', maxRetries: 0 }));
const { GoogleGenAI } = await load('@google/genai');
await gemini(new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: base } }));
const { Ollama } = await load('ollama');
await ollama(new Ollama({ host: base }));
console.log(failed === 0 ? 'all passed' : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
