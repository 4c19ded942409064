-- What a person does in Neovim, written down line by line on standard output: see neovim.test.ts.
local function say(text)
  io.stdout:write(text .. '\n')
end
local function codes()
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(0)) do
    found[#found + 1] = string.format('%s %d:%d-%d:%d', one.code or '?', one.lnum + 1, one.col, one.end_lnum + 1, one.end_col)
  end
  table.sort(found)
  return table.concat(found, ' ')
end
local function wait(is_so)
  return vim.wait(60000, is_so, 20)
end

vim.cmd('edit pod.yaml')
local client = vim.lsp.start_client({ name = 'scantling', cmd = vim.split(os.getenv('SCANTLING'), ' '), root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(0, client)
wait(function() return codes():find('privileged') ~= nil end)
say('found ' .. codes())

local document = vim.lsp.util.make_text_document_params()
local place = { line = 7, character = 8 }
local asked = { textDocument = document, range = { start = place, ['end'] = place }, context = { diagnostics = {} } }
for _, answer in pairs(vim.lsp.buf_request_sync(0, 'textDocument/codeAction', asked, 60000)) do
  for _, action in ipairs(answer.result) do
    if action.isPreferred then vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16') end
  end
end
say('line ' .. vim.api.nvim_buf_get_lines(0, 7, 8, false)[1])
wait(function() return codes():find('retired') == nil end)
say('fixed ' .. codes())

for _, answer in pairs(vim.lsp.buf_request_sync(0, 'textDocument/hover', { textDocument = document, position = { line = 9, character = 8 } }, 60000)) do
  say('hover ' .. vim.split(answer.result.contents.value, '\n')[1])
end
vim.api.nvim_buf_set_lines(0, 9, 10, false, { '      privileged: false' })
wait(function() return codes():find('privileged') == nil end)
say('typed ' .. codes())
vim.lsp.stop_client(client)
say('stopped ' .. tostring(wait(function() return vim.lsp.client_is_stopped(client) end)))
vim.cmd('qa!')
