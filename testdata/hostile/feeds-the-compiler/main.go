// A constant is doubled until the compiler holds gigabytes: thirty short lines.
//
// Caught by: the compiler, as 04-goroutine-per-client.
package main

import "fmt"

const c0 = "0123456789abcdef"
const c1 = c0 + c0
const c2 = c1 + c1
const c3 = c2 + c2
const c4 = c3 + c3
const c5 = c4 + c4
const c6 = c5 + c5
const c7 = c6 + c6
const c8 = c7 + c7
const c9 = c8 + c8
const c10 = c9 + c9
const c11 = c10 + c10
const c12 = c11 + c11
const c13 = c12 + c12
const c14 = c13 + c13
const c15 = c14 + c14
const c16 = c15 + c15
const c17 = c16 + c16
const c18 = c17 + c17
const c19 = c18 + c18
const c20 = c19 + c19
const c21 = c20 + c20
const c22 = c21 + c21
const c23 = c22 + c22
const c24 = c23 + c23

var s = c24 + "1"
var t = c24 + "2"
var u = c24 + "3"

func main() { fmt.Println(len(s), len(t), len(u)) }
