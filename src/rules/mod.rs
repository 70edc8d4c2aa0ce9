//! The rules: one file each, a static and a plain function. Rules open no file and print nothing.

pub mod pages;
