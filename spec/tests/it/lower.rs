//! Lowering as its callers see it: one snapshot for each rule, the places it promises, and the law that
//! nothing disappears untold, over real documents and over small ones with random changes.

#[cfg(test)]
mod changes;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod law;
#[cfg(test)]
mod places;
#[cfg(test)]
mod rules;
