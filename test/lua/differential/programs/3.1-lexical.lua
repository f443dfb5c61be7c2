-- §3.1 lexical conventions
print("a\tb\\\"\'", 'single "double" inside', "\65\066\x43\u{44}", "line one\
line two", "skipped \z
       blanks")
print(#"\0\1\255", ("\0a"):byte(1, -1))
print([[
first newline is dropped]], [==[with ]] inside]==], [[a\nb]])
print("\u{20AC}" == "\xE2\x82\xAC", "\a\b\f\v" == "\7\8\12\11")
print(3, 3.0, 3.1416, 314.16e-2, 0.31416E1, 34e1, 0xff, 0xA, .5, 5., 3e0)
print(0x1p4, 0xA.8, 1e2, 1e-2, 0xffffffff)
print(1e14, 1e15, 123456789012345, 9007199254740992, 2^53, 1e100, -1e15)
print(100000000000000, 0.1, 1/3, 1e-5, 123.456, -0.0 == 0)
-- comments of every form --[[ not here ]]
--[[ long
comment ]] print("after a long comment")
--[==[ with
]] inside ]==] print("after a longer one")
---[[ not a long comment
print("live")
--]]
local and_, _or1, __x = 1, 2, 3; print(and_, _or1, __x);;; print("empty statements")
local goto_ = 4 print(goto_)
print(#"é", ("é"):byte(1, -1))
