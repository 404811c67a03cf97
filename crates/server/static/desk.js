// Function keys: a key named by data-key presses its button or follows its link. Nothing depends on it.
"use strict";
document.addEventListener("keydown", function (event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !/^F([1-9]|1[0-2])$/.test(event.key)) return;
  var named = document.querySelector('[data-key="' + event.key + '"]');
  if (!named || named.disabled) return;
  event.preventDefault();
  if (event.shiftKey) named.focus(); else named.click();
});
