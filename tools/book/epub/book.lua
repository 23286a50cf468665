-- Makes one document of the chapters that a summary lists. Headings get names that are
-- their own in the whole book, and links between chapters lead to them; a link to what is
-- not in the book is text.

local stems = {}   -- of the chapters in the book, by path
local anchors = {} -- the names that headings have
local asked = {}   -- the names that links lead to, and where the link is

local function stem(path) return (path:gsub("%.md$", "")) end

local function read(path)
  local file = assert(io.open("chapters/" .. path))
  local text = file:read("a")
  file:close()
  return pandoc.read(text, "gfm").blocks
end

-- name is what a heading of a chapter is called in the book; "" is the chapter itself.
local function name(path, anchor)
  if anchor == "" then return stem(path) end
  return stem(path) .. "--" .. anchor
end

local function chapter(path, down)
  local title = true
  local function lead(link)
    if link.target:match("^%a+:") then return nil end -- to elsewhere
    local to, anchor = link.target:match("^([^#]*)#?(.*)$")
    if to == "" then to = path end
    if not stems[to] then return link.content end
    link.target = "#" .. name(to, anchor)
    asked[link.target] = path
    return link
  end
  local function head(h)
    h.level = h.level + 1 -- a file of the book begins at levels 1 and 2, and nowhere below
    if title then
      title = false
      h.level = down + 1
      local number = path:match("^(%d%d)%-")
      if number then h.content = pandoc.Inlines { pandoc.Str(number), pandoc.Space() } .. h.content end
      h.identifier = name(path, "")
    else
      h.identifier = name(path, h.identifier)
    end
    anchors["#" .. h.identifier] = true
    return h
  end
  local function raw(block) -- where a block comes from is said in comments
    if block.text:match("^%s*<!%-%-") then return {} end
  end
  local all = pandoc.Div(read(path))
  return pandoc.walk_block(all, { Link = lead, Header = head, RawBlock = raw }).content
end

function Pandoc(summary)
  local order, part = {}, nil
  for _, block in ipairs(summary.blocks) do
    if block.t == "Header" then
      part = block
    else
      local first = part
      pandoc.walk_block(pandoc.Div { block }, { Link = function(link)
        if not link.target:match("/") then -- a translation has a folder
          stems[link.target] = true
          table.insert(order, { path = link.target, part = first, inside = part and part.level == 1 and #order > 0 })
          first = nil
        end
      end })
    end
  end
  local blocks = pandoc.Blocks {}
  for _, c in ipairs(order) do
    if c.inside and c.part then
      blocks:insert(pandoc.Header(1, c.part.content, { id = "part-" .. stem(c.path) }))
    end
    blocks:extend(chapter(c.path, c.inside and 1 or 0))
  end
  local lost = false
  for target, path in pairs(asked) do
    if not anchors[target] then
      lost = true
      io.stderr:write(path, ".md: no heading is called ", target, "\n")
    end
  end
  if lost then os.exit(1) end
  return pandoc.Pandoc(blocks, summary.meta)
end
